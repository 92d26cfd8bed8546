// SPDX-License-Identifier: Apache-2.0

/// A key encapsulation mechanism of HPKE, by its number in the IANA registry.
///
/// The DHKEMs are those of RFC 9180 section 7.1; 0x647A is MLKEM768-X25519 ("X-Wing") of
/// draft-ietf-hpke-pq, which is ML-KEM-768 and X25519 combined.
public enum KEM: UInt16, Sendable, CaseIterable {
  /// DHKEM(P-256, HKDF-SHA256).
  case p256 = 0x0010
  /// DHKEM(P-384, HKDF-SHA384).
  case p384 = 0x0011
  /// DHKEM(P-521, HKDF-SHA512).
  case p521 = 0x0012
  /// DHKEM(X25519, HKDF-SHA256).
  case x25519 = 0x0020
  /// MLKEM768-X25519, also known as X-Wing.
  case xWing = 0x647A

  /// Length in bytes of a serialised public key, `Npk`.
  public var publicKeyLength: Int {
    switch self {
    case .p256: 65
    case .p384: 97
    case .p521: 133
    case .x25519: 32
    case .xWing: 1216
    }
  }

  /// Length in bytes of a serialised private key, `Nsk`; for X-Wing this is the seed.
  public var privateKeyLength: Int {
    switch self {
    case .p384: 48
    case .p521: 66
    case .p256, .x25519, .xWing: 32
    }
  }

  /// Length in bytes of an encapsulated key, `Nenc`.
  public var encapsulationLength: Int {
    switch self {
    case .p256: 65
    case .p384: 97
    case .p521: 133
    case .x25519: 32
    case .xWing: 1120
    }
  }

  /// The hash of the DHKEM's own KDF; X-Wing derives with SHAKE256 instead and has none.
  var derivationHash: HashAlgorithm? {
    switch self {
    case .p256, .x25519: .sha256
    case .p384: .sha384
    case .p521: .sha512
    case .xWing: nil
    }
  }

  /// `"KEM" || I2OSP(kem_id, 2)`, RFC 9180 section 4.1.
  var suiteIdentifier: [UInt8] {
    [0x4B, 0x45, 0x4D, UInt8(rawValue >> 8), UInt8(truncatingIfNeeded: rawValue)]
  }
}
