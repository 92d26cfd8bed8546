// SPDX-License-Identifier: Apache-2.0

import CSodium

/// X25519 (RFC 7748) through libsodium.
public enum X25519 {
  /// Size of a private key, a public key and a shared secret in bytes.
  public static let keyLength = 32

  /// The public key of a private key of 32 bytes.
  public static func publicKey(of privateKey: SharedSecret) throws(PrimitiveError) -> [UInt8] {
    guard privateKey.count == keyLength else { throw .invalidLength }
    _ = Sodium.ready
    return unsafe privateKey.withUnsafeBytes { key in
      unsafe [UInt8](unsafeUninitializedCapacity: keyLength) { buffer, filled in
        unsafe crypto_scalarmult_base(
          buffer.octets, key.octets)
        filled = keyLength
      }
    }
  }

  /// The shared secret of 32 bytes; a peer whose key would make it zero is refused (RFC 7748 §6.1).
  public static func sharedSecret(
    _ privateKey: SharedSecret, _ peer: [UInt8]
  ) throws(PrimitiveError) -> SharedSecret {
    guard privateKey.count == keyLength, peer.count == keyLength else { throw .invalidLength }
    _ = Sodium.ready
    return unsafe try SharedSecret(count: keyLength) { target throws(PrimitiveError) in
      let done = unsafe privateKey.withUnsafeBytes { key in
        unsafe crypto_scalarmult(
          target.octets,
          key.octets, peer)
      }
      guard done == 0 else { throw .invalidKey }
    }
  }

  /// Whether a public key gives zero with every private key, in any of its encodings.
  ///
  /// A comparison with the seven values below 2^255 that encode a point of order 1, 2, 4 or 8 on the
  /// curve or its twist; the highest bit is ignored, as X25519 ignores it. Public keys are public: the
  /// comparison need not be in constant time.
  public static func isLowOrder(_ publicKey: [UInt8]) -> Bool {
    guard publicKey.count == keyLength else { return false }
    var masked = publicKey
    masked[31] &= 0x7F
    return lowOrderEncodings.contains(masked)
  }

  /// Whether a public key is the encoding of its point that computing one gives: below 2^255 - 19, with the
  /// highest bit clear (RFC 7748 section 5). The others, which X25519 takes as well, nobody's own key has.
  public static func isCanonical(_ publicKey: [UInt8]) -> Bool {
    guard publicKey.count == keyLength, publicKey[31] <= 0x7F else { return false }
    let isBelowPrime =
      publicKey[31] < 0x7F || publicKey[0] < 0xED || publicKey[1..<31].contains { $0 != 0xFF }
    return isBelowPrime
  }

  private static let lowOrderEncodings: Set<[UInt8]> = [
    // 0, 1, the two points of order 8, and p - 1, p, p + 1.
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    [
      0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4,
      0x6A, 0xDA, 0x09, 0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49,
      0xB8, 0x00,
    ],
    [
      0x5F, 0x9C, 0x95, 0xBC, 0xA3, 0x50, 0x8C, 0x24, 0xB1, 0xD0, 0xB1, 0x55, 0x9C, 0x83, 0xEF,
      0x5B, 0x04, 0x44, 0x5C, 0xC4, 0x58, 0x1C, 0x8E, 0x86, 0xD8, 0x22, 0x4E, 0xDD, 0xD0, 0x9F,
      0x11, 0x57,
    ],
    [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    [0xEE] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
  ]
}
