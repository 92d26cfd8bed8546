// SPDX-License-Identifier: Apache-2.0

/// What another implementation takes: mlspp with OpenSSL 3.0, and liboqs for the hybrid suite, on a
/// machine on which libsodium's Ed25519 verification takes 55 us and its X25519 30 us.
struct MLSReference {
  /// On that machine.
  let milliseconds: Double
  /// The part of it that is to be reached.
  let share: Double

  /// The reference on this machine, by the controls of the same round.
  func scaled(by control: PrimitiveControl) -> Duration {
    let factor = (control.verify.microseconds / 55 + control.agree.microseconds / 30) / 2
    return .microseconds(1) * (milliseconds * 1000 * factor)
  }

  static let protect = MLSReference(milliseconds: 0.1, share: 0.4)
  static let unprotect = MLSReference(milliseconds: 0.252, share: 0.4)
  static let addThousand = MLSReference(milliseconds: 1149, share: 0.5)

  /// With suite 3 and with the hybrid one, groups of 2, 32, 128 and 1,000.
  static func commit(hybrid: Bool, size: Int) -> MLSReference? {
    of(size, hybrid ? [0.87, 4.4, 14.5, 113] : [0.62, 2.7, 8.9, 73])
  }

  static func process(hybrid: Bool, size: Int) -> MLSReference? {
    of(size, hybrid ? [0.70, 1.6, 3.8, 28] : [0.52, 0.83, 1.8, 10.4])
  }

  static func join(hybrid: Bool, size: Int) -> MLSReference? {
    size == 1000 ? MLSReference(milliseconds: hybrid ? 155 : 129, share: 0.5) : nil
  }

  private static func of(_ size: Int, _ figures: [Double]) -> MLSReference? {
    [2, 32, 128, 1000].firstIndex(of: size).map {
      MLSReference(milliseconds: figures[$0], share: 0.5)
    }
  }
}
