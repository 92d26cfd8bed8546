// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// What two people compare, so that a stolen invitation cannot go unnoticed.
public struct SafetyNumber: Equatable, Sendable {
  /// SHA-512, 64 bytes, for the QR code.
  public let hash: [UInt8]
  public let verified: Bool

  /// 60 digits in 12 groups of 5.
  public var groups: [String] {
    (0..<12).map { group in
      let value = hash[(group * 5)..<(group * 5 + 5)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let digits = String(value % 100_000)
      return String(repeating: "0", count: 5 - digits.count) + digits
    }
  }

  public var digits: String { groups.joined(separator: " ") }

  /// SHA-512("Alcove 1.0 safety" || relationship || therapist's identity || client's identity).
  ///
  /// All three are of fixed length, so the concatenation is unambiguous; no device, leaf or epoch is in
  /// it, so that the number outlives them.
  init(relationship: [UInt8], therapist: [UInt8], client: [UInt8], verified: Bool) {
    hash = Digest.sha512(Array("Alcove 1.0 safety".utf8) + relationship + therapist + client)
    self.verified = verified
  }
}
