// SPDX-License-Identifier: Apache-2.0

import CSodium

/// An Ed25519 private key inside a group's state: shared by reference, wiped with its last owner.
public final class Ed25519PrivateKey: Sendable {
  /// 32 bytes.
  public let publicKey: [UInt8]
  /// libsodium's form, seed and public key, 64 bytes: the public half is not computed again with
  /// every signature.
  private let expanded: SharedSecret

  /// From a seed of 32 bytes.
  public convenience init(seed: SharedSecret) throws(PrimitiveError) {
    guard seed.count == Ed25519.seedLength else { throw .invalidLength }
    self.init(seed32: seed)
  }

  /// From a seed that is known to be of 32 bytes.
  init(seed32 seed: SharedSecret) {
    _ = Sodium.ready
    var publicKey = [UInt8](repeating: 0, count: Ed25519.publicKeyLength)
    expanded = unsafe SharedSecret(count: 64) { target in
      unsafe seed.withUnsafeBytes { seed in
        _ = unsafe crypto_sign_seed_keypair(
          &publicKey, target.octets,
          seed.octets)
      }
    }
    self.publicKey = publicKey
  }

  /// The seed, 32 bytes, to be written into state that is then sealed.
  public var seed: SharedSecret {
    unsafe expanded.withUnsafeBytes { unsafe SharedSecret(copying: .init(rebasing: $0[..<32])) }
  }

  /// A signature of 64 bytes.
  public func sign(_ message: [UInt8]) -> [UInt8] {
    _ = Sodium.ready
    return unsafe expanded.withUnsafeBytes { key in
      unsafe [UInt8](unsafeUninitializedCapacity: Ed25519.signatureLength) { buffer, filled in
        unsafe crypto_sign_detached(
          buffer.octets, nil, message, UInt64(message.count),
          key.octets)
        filled = Ed25519.signatureLength
      }
    }
  }
}
