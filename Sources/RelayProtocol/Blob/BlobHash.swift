// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// What a blob is sealed with, 32 bytes: SHA-256("Alcove 1.0 blob parts" || uint32 parts || the hash of
/// each part).
public struct BlobHash: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  public init(parts: [PartHash]) {
    var hash = RunningSHA256()
    hash.update(Array("Alcove 1.0 blob parts".utf8) + UInt32(clamping: parts.count).wireBytes)
    for part in parts { hash.update(part.bytes) }
    bytes = hash.digest()
  }
}
