// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import Primitives

/// Takes the library's blinding inverse apart and puts it together again.
///
/// A request and its answer are hours and two processes apart, and the library keeps the inverse in a type
/// that nobody outside it can write down or make. That type is a `Data` and nothing else: this is
/// checked before it is relied upon, so that another version of the library is refused and not misread.
enum BlindingInverse {
  private typealias Library = _RSA.BlindSigning.BlindingInverse

  /// Whether the library's type is one `Data`.
  private static func requireForm(_ value: Library) throws(PostageError) {
    let children = Array(Mirror(reflecting: value).children)
    guard MemoryLayout<Library>.size == MemoryLayout<Data>.size,
      MemoryLayout<Library>.alignment == MemoryLayout<Data>.alignment, children.count == 1,
      children[0].value is Data
    else { throw .failed }
  }

  /// 256 bytes.
  static func bytes(
    of inverse: _RSA.BlindSigning.BlindingInverse
  ) throws(PostageError) -> Primitives.SharedSecret {
    try requireForm(inverse)
    guard let data = Mirror(reflecting: inverse).children.first?.value as? Data,
      data.count == PostageKey.modulusLength
    else { throw .failed }
    return Primitives.SharedSecret(Array(data))
  }

  static func value(
    of secret: Primitives.SharedSecret
  ) throws(PostageError) -> _RSA.BlindSigning.BlindingInverse {
    guard MemoryLayout<Library>.size == MemoryLayout<Data>.size,
      MemoryLayout<Library>.alignment == MemoryLayout<Data>.alignment
    else { throw .failed }
    // Safe: both are one `Data`, by their size here and by their parts below.
    let value = unsafe unsafeBitCast(Data(secret.exposedBytes()), to: Library.self)
    try requireForm(value)
    return value
  }
}
