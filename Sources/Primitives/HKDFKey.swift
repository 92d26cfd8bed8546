// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials

/// A pseudorandom key of HKDF (RFC 5869 section 2.3) from which several secrets are expanded: what
/// HMAC makes of the key is computed once.
///
/// The hash states inside follow from the key; the library wipes them when the last copy goes.
public struct HKDFKey: Sendable {
  private enum Keyed: Sendable {
    case sha256(HMAC<SHA256>)
    case sha384(HMAC<SHA384>)
    case sha512(HMAC<SHA512>)
  }

  private let keyed: Keyed
  private let algorithm: HashAlgorithm

  public init(_ prk: SharedSecret, _ algorithm: HashAlgorithm) {
    let key = SymmetricKey(data: prk)
    self.algorithm = algorithm
    keyed =
      switch algorithm {
      case .sha256: .sha256(HMAC(key: key))
      case .sha384: .sha384(HMAC(key: key))
      case .sha512: .sha512(HMAC(key: key))
      }
  }

  /// HKDF-Expand; at most 255 digests.
  public func expand(info: [UInt8], count: Int) throws(PrimitiveError) -> SharedSecret {
    guard count >= 0, count <= 255 * algorithm.byteCount else { throw .invalidLength }
    return switch keyed {
    case .sha256(let mac): Self.expand(mac, info, count)
    case .sha384(let mac): Self.expand(mac, info, count)
    case .sha512(let mac): Self.expand(mac, info, count)
    }
  }

  private static func expand<H: HashFunction>(
    _ keyed: HMAC<H>, _ info: [UInt8], _ count: Int
  ) -> SharedSecret {
    // T(i) = HMAC(PRK, T(i-1) | info | i), with i in the last byte.
    var suffix = info
    suffix.append(1)
    return unsafe SharedSecret(count: count) { target in
      var written = 0
      var previous: HMAC<H>.MAC? = nil
      while written < count {
        var mac = keyed
        if let previous { unsafe previous.withUnsafeBytes { unsafe mac.update(data: $0) } }
        mac.update(data: suffix)
        suffix[info.count] &+= 1
        let block = mac.finalize()
        unsafe block.withUnsafeBytes { block in
          let size = min(block.count, count - written)
          unsafe UnsafeMutableRawBufferPointer(rebasing: target[written..<written + size])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<size]))
          written += size
        }
        previous = block
      }
    }
  }
}
