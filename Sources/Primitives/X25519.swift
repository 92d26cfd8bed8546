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
  public static func isLowOrder(_ publicKey: [UInt8]) -> Bool {
    // Every private key is a multiple of the cofactor once clamped: one trial decides for all.
    (try? sharedSecret(SharedSecret([UInt8](repeating: 1, count: keyLength)), publicKey)) == nil
  }
}
