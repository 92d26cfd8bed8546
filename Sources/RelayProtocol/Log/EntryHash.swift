// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// What one envelope adds to the chain, 32 bytes.
///
/// `entry(n) = BLAKE2b-256("Alcove 1.0 entry" || id || named<V> || BLAKE2b-256(envelope))`
public struct EntryHash: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  public init(id: EnvelopeID, named: NamedHashes, envelope: [UInt8]) {
    self.init(id: id, named: named, envelopeHash: Digest.blake2b256(envelope))
  }

  /// From the envelope's BLAKE2b-256, 32 bytes, as the relay keeps it when the body is gone.
  public init(id: EnvelopeID, named: NamedHashes, envelopeHash: [UInt8]) {
    var writer = WireWriter(reservingCapacity: 144)
    writer.writeFixed(Array("Alcove 1.0 entry".utf8))
    writer.write(id)
    writer.write(named)
    writer.writeFixed(envelopeHash)
    bytes = Digest.blake2b256(writer.bytes)
  }
}
