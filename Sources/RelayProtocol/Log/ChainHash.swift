// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// The hash of a whole channel up to a position, 32 bytes: two members who agree on it have read the
/// same log.
///
/// ```
/// chain(0) = BLAKE2b-256("Alcove 1.0 chain" || channel id)
/// chain(n) = BLAKE2b-256("Alcove 1.0 chain" || chain(n-1) || uint64 n || entry(n))
/// ```
public struct ChainHash: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  private static let label = Array("Alcove 1.0 chain".utf8)

  /// The chain of an empty channel.
  public static func founding(_ channel: ChannelID) -> ChainHash {
    ChainHash(checked: Digest.blake2b256(label + channel.bytes))
  }

  /// The chain with one more entry, at `position`.
  public func adding(_ entry: EntryHash, at position: Position) -> ChainHash {
    var writer = WireWriter(reservingCapacity: 96)
    writer.writeFixed(Self.label)
    writer.write(self)
    writer.write(position)
    writer.write(entry)
    return ChainHash(checked: Digest.blake2b256(writer.bytes))
  }
}
