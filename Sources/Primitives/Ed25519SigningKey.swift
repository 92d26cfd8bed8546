// SPDX-License-Identifier: Apache-2.0

import CSodium

/// An Ed25519 private key in the hand: an identity's or a device's.
public struct Ed25519SigningKey: ~Copyable, Sendable {
  /// 32 bytes.
  public let publicKey: [UInt8]
  private let expanded: SecretBytes

  /// A fresh key from the system's randomness.
  public init() throws(PrimitiveError) {
    try self.init(seed: SecretBytes(random: Ed25519.seedLength))
  }

  /// From a seed of 32 bytes.
  public init(seed: consuming SecretBytes) throws(PrimitiveError) {
    guard seed.count == Ed25519.seedLength else { throw .invalidLength }
    _ = Sodium.ready
    var publicKey = [UInt8](repeating: 0, count: Ed25519.publicKeyLength)
    let seed = seed
    expanded = unsafe try SecretBytes(count: 64) { target throws(PrimitiveError) in
      seed.withBytes { bytes in
        unsafe bytes.withUnsafeBytes { bytes in
          _ = unsafe crypto_sign_seed_keypair(
            &publicKey, target.octets,
            bytes.octets)
        }
      }
    }
    self.publicKey = publicKey
  }

  /// A signature of 64 bytes.
  public borrowing func sign(_ message: [UInt8]) -> [UInt8] {
    _ = Sodium.ready
    return expanded.withBytes { key in
      unsafe key.withUnsafeBytes { key in
        unsafe [UInt8](unsafeUninitializedCapacity: Ed25519.signatureLength) { buffer, filled in
          unsafe crypto_sign_detached(
            buffer.octets, nil, message, UInt64(message.count),
            key.octets)
          filled = Ed25519.signatureLength
        }
      }
    }
  }

  /// The seed, 32 bytes, to be sealed.
  public borrowing func seed() throws(PrimitiveError) -> SecretBytes {
    try expanded.withBytes { bytes throws(PrimitiveError) in
      try unsafe bytes.withUnsafeBytes { source throws(PrimitiveError) in
        unsafe try SecretBytes(count: Ed25519.seedLength) { target throws(PrimitiveError) in
          unsafe target.copyMemory(from: .init(rebasing: source[..<32]))
        }
      }
    }
  }
}
