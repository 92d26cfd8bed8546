// SPDX-License-Identifier: Apache-2.0

/// SHAKE256 of FIPS 202, which no library here exposes and X-Wing's `DeriveKeyPair` needs.
///
/// The permutation below it is the one of SHA3-256, against which it is tested.
enum SHAKE256 {
  /// Domain bits and first padding bit of SHAKE, FIPS 202 section 6.2.
  private static let domain: UInt8 = 0x1F

  /// The first `count` bytes of the output for `message`.
  static func hash(_ message: [UInt8], count: Int) -> [UInt8] {
    var sponge = KeccakSponge(rate: 136)
    sponge.absorb(message)
    sponge.finish(domain: domain)
    return sponge.squeeze(count)
  }

  /// `LabeledDerive(ikm, label, "", L)` of draft-ietf-hpke-pq with SHAKE256, over a secret input.
  static func labeledDerive(
    ikm: SharedSecret, suite: [UInt8], label: String, count: Int
  ) -> SharedSecret {
    // ikm || "HPKE-v1" || suite_id || I2OSP(len(label), 2) || label || I2OSP(L, 2) || context
    let label = Array(label.utf8)
    let suffix =
      Array("HPKE-v1".utf8) + suite + bigEndian(label.count) + label + bigEndian(count)
    var secret = ikm.exposedBytes()
    var sponge = KeccakSponge(rate: 136)
    sponge.absorb(secret)
    sponge.absorb(suffix)
    sponge.finish(domain: domain)
    secret.wipe()
    var output = sponge.squeeze(count)
    sponge.wipe()
    return SharedSecret(wiping: &output)
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }
}
