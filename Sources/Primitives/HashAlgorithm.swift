// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials

/// The hash of a suite, with HMAC (RFC 2104) and HKDF (RFC 5869) over secrets.
public enum HashAlgorithm: Sendable, Hashable, CaseIterable {
  case sha256, sha384, sha512

  /// Size of a digest in bytes, `Nh` of the RFCs.
  public var byteCount: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  public func hash(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .sha256: Digest.sha256(bytes)
    case .sha384: Digest.sha384(bytes)
    case .sha512: Digest.sha512(bytes)
    }
  }

  /// HMAC; compare the result with ``constantTimeEquals(_:_:)``.
  public func mac(key: SharedSecret, _ data: [UInt8]) -> [UInt8] {
    let key = SymmetricKey(data: key)
    switch self {
    case .sha256: return Array(HMAC<SHA256>.authenticationCode(for: data, using: key))
    case .sha384: return Array(HMAC<SHA384>.authenticationCode(for: data, using: key))
    case .sha512: return Array(HMAC<SHA512>.authenticationCode(for: data, using: key))
    }
  }

  /// HKDF-Extract: HMAC(salt, ikm).
  public func extract(salt: SharedSecret, ikm: SharedSecret) -> SharedSecret {
    let key = SymmetricKey(data: salt)
    switch self {
    case .sha256: return Self.extract(SHA256.self, key, ikm)
    case .sha384: return Self.extract(SHA384.self, key, ikm)
    case .sha512: return Self.extract(SHA512.self, key, ikm)
    }
  }

  /// HKDF-Expand; at most 255 digests. Whoever expands a key more than once prepares an
  /// ``HKDFKey``.
  public func expand(
    _ prk: SharedSecret, info: [UInt8], count: Int
  ) throws(PrimitiveError) -> SharedSecret {
    try HKDFKey(prk, self).expand(info: info, count: count)
  }

  private static func extract<H: HashFunction>(
    _: H.Type, _ key: SymmetricKey, _ ikm: SharedSecret
  ) -> SharedSecret {
    var mac = HMAC<H>(key: key)
    unsafe ikm.withUnsafeBytes { unsafe mac.update(data: $0) }
    return unsafe mac.finalize().withUnsafeBytes { unsafe SharedSecret(copying: $0) }
  }
}
