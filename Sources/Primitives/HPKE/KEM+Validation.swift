// SPDX-License-Identifier: Apache-2.0

import Crypto

extension KEM {
  /// Refuses a public key to which nothing can be sealed.
  ///
  /// A malformed X-Wing key parses in the library and fails only when something is encapsulated to
  /// it. In a group that is too late: the key would already lie in the tree and block every later
  /// commit that has to reach its owner. So whoever takes a key in calls this first.
  ///
  /// - X25519, and the X25519 half of X-Wing: the encodings of points of small order, for which
  ///   the shared secret is all zero whatever the private key (RFC 7748 section 6.1). Other encodings
  ///   of a point than the shortest are taken, as RFC 7748 section 5 has it.
  /// - The ML-KEM-768 half of X-Wing: length, and every coefficient below the modulus (FIPS 203
  ///   section 7.2).
  /// - NIST curves: an uncompressed point on the curve (RFC 9180 section 7.1.4).
  public func validate(publicKey: [UInt8]) throws(PrimitiveError) {
    guard publicKey.count == publicKeyLength else { throw .invalidLength }
    switch self {
    case .x25519:
      try Self.validate(x25519: publicKey)
    case .xWing:
      let modulusHolds = MLKEM768Encoding.isReduced(publicKey[..<MLKEM768Encoding.publicKeyLength])
      guard modulusHolds else { throw .invalidKey }
      try Self.validate(x25519: Array(publicKey[MLKEM768Encoding.publicKeyLength...]))
    case .p256:
      guard (try? P256.KeyAgreement.PublicKey(x963Representation: publicKey)) != nil else {
        throw .invalidKey
      }
    case .p384:
      guard (try? P384.KeyAgreement.PublicKey(x963Representation: publicKey)) != nil else {
        throw .invalidKey
      }
    case .p521:
      guard (try? P521.KeyAgreement.PublicKey(x963Representation: publicKey)) != nil else {
        throw .invalidKey
      }
    }
  }

  /// Whether a public key is what `SerializePublicKey` gives, so that no other bytes stand for it.
  ///
  /// What ``validate(publicKey:)`` takes has one encoding but for X25519, alone and in X-Wing.
  public func isCanonical(publicKey: [UInt8]) -> Bool {
    switch self {
    case .x25519: X25519.isCanonical(publicKey)
    case .xWing: X25519.isCanonical(Array(publicKey.suffix(X25519.keyLength)))
    case .p256, .p384, .p521: true
    }
  }

  private static func validate(x25519 publicKey: [UInt8]) throws(PrimitiveError) {
    guard !X25519.isLowOrder(publicKey) else { throw .invalidKey }
  }

  /// Refuses an encapsulated key from which no secret may be taken.
  ///
  /// The library does not look for the all-zero X25519 secret, which RFC 9180 section 7.1.4 demands
  /// of a recipient; a low-order ephemeral key is the only way to get it.
  func validate(encapsulation: [UInt8]) throws(PrimitiveError) {
    guard encapsulation.count == encapsulationLength else { throw .invalidLength }
    if self == .x25519 {
      guard !X25519.isLowOrder(encapsulation) else { throw .invalidKey }
    }
  }
}

/// The encoding of an ML-KEM-768 encapsulation key (FIPS 203): 3 x 256 coefficients of 12 bits, then
/// a 32-byte seed.
enum MLKEM768Encoding {
  static let coefficientBytes = 1152
  static let publicKeyLength = 1184
  static let modulus = 3329

  /// The modulus check of FIPS 203 section 7.2: decoding and encoding again must give the same
  /// bytes, which is so exactly when every coefficient is below the modulus.
  static func isReduced(_ key: ArraySlice<UInt8>) -> Bool {
    guard key.count == publicKeyLength else { return false }
    let start = key.startIndex
    for offset in stride(from: start, to: start + coefficientBytes, by: 3) {
      let low = Int(key[offset]) | Int(key[offset + 1] & 0x0F) << 8
      let high = Int(key[offset + 1]) >> 4 | Int(key[offset + 2]) << 4
      guard low < modulus, high < modulus else { return false }
    }
    return true
  }
}
