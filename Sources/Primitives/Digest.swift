// SPDX-License-Identifier: Apache-2.0

import CSodium
import Crypto

/// Hash functions over whole messages.
public enum Digest {
  /// 32 bytes (FIPS 180-4).
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
  /// 48 bytes (FIPS 180-4).
  public static func sha384(_ bytes: [UInt8]) -> [UInt8] { Array(SHA384.hash(data: bytes)) }
  /// 64 bytes (FIPS 180-4).
  public static func sha512(_ bytes: [UInt8]) -> [UInt8] { Array(SHA512.hash(data: bytes)) }

  /// 32 bytes (RFC 7693), unkeyed.
  public static func blake2b256(_ bytes: [UInt8]) -> [UInt8] {
    _ = Sodium.ready
    return unsafe [UInt8](unsafeUninitializedCapacity: 32) { buffer, filled in
      unsafe crypto_generichash(buffer.octets, 32, bytes, UInt64(bytes.count), nil, 0)
      filled = 32
    }
  }
}
