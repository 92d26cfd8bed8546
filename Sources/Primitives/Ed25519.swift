// SPDX-License-Identifier: Apache-2.0

import CSodium

/// Ed25519 (RFC 8032) through libsodium: the one and only verifier, since two verifiers disagree on
/// odd keys, and a member could split the others with that.
public enum Ed25519 {
  /// Size of a seed in bytes.
  public static let seedLength = 32
  /// Size of a public key in bytes.
  public static let publicKeyLength = 32
  /// Size of a signature in bytes.
  public static let signatureLength = 64

  /// A fresh private key and its public key.
  public static func generate(
    _ random: some RandomSource
  ) -> (privateKey: Ed25519PrivateKey, publicKey: [UInt8]) {
    let key = Ed25519PrivateKey(seed32: random.secret(seedLength))
    return (key, key.publicKey)
  }

  /// Whether `signature` is one of `message` by `publicKey`. A key or signature of another size is not.
  public static func verify(
    signature: [UInt8], message: [UInt8], publicKey: [UInt8]
  ) -> Bool {
    guard signature.count == signatureLength, publicKey.count == publicKeyLength else {
      return false
    }
    _ = Sodium.ready
    return unsafe crypto_sign_verify_detached(
      signature, message, UInt64(message.count), publicKey) == 0
  }
}
