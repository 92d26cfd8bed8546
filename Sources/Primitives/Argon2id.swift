// SPDX-License-Identifier: Apache-2.0

import CSodium

/// Argon2id (RFC 9106, version 1.3) through libsodium, with one lane.
public enum Argon2id {
  /// Size of a salt in bytes.
  public static let saltLength = 16

  /// What a guess costs: memory in KiB and passes over it.
  public struct Parameters: Sendable, Hashable {
    public var memoryKiB: UInt32
    public var passes: UInt32

    public init(memoryKiB: UInt32, passes: UInt32) {
      self.memoryKiB = memoryKiB
      self.passes = passes
    }
  }

  /// A key of `count` bytes from a passphrase.
  public static func derive(
    passphrase: borrowing SecretBytes, salt: [UInt8], parameters: Parameters, count: Int = 32
  ) throws(PrimitiveError) -> SecretBytes {
    guard salt.count == saltLength, parameters.memoryKiB >= 8, parameters.passes >= 1, count >= 16
    else { throw .invalidLength }
    _ = Sodium.ready
    return try passphrase.withBytes { passphrase throws(PrimitiveError) in
      try unsafe passphrase.withUnsafeBytes { passphrase throws(PrimitiveError) in
        unsafe try SecretBytes(count: count) { target throws(PrimitiveError) in
          let done = unsafe crypto_pwhash(
            target.octets, UInt64(count),
            passphrase.bindMemory(to: CChar.self).baseAddress.unsafelyUnwrapped,
            UInt64(passphrase.count), salt,
            UInt64(parameters.passes), Int(parameters.memoryKiB) * 1024,
            crypto_pwhash_ALG_ARGON2ID13)
          guard done == 0 else { throw .outOfMemory }
        }
      }
    }
  }
}
