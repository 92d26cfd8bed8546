// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// One envelope of a channel, as it is read.
///
/// ```
/// struct { uint64 seq; opaque id[16]; opaque named<V>; opaque chain[32]; opaque envelope<V>; }
/// ```
public struct EnvelopeEntry: Hashable, Sendable, WireEncodable, WireDecodable {
  public let position: Position
  public let id: EnvelopeID
  public let named: NamedHashes
  /// The chain as the relay claims it; a client computes its own.
  public let chain: ChainHash
  /// The sealed bytes, exactly one size class.
  public let envelope: [UInt8]

  public init(
    position: Position, id: EnvelopeID, named: NamedHashes, chain: ChainHash, envelope: [UInt8]
  ) {
    self.position = position
    self.id = id
    self.named = named
    self.chain = chain
    self.envelope = envelope
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(position)
    writer.write(id)
    writer.write(named)
    writer.write(chain)
    writer.writeOpaque(envelope)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    position = try reader.read()
    id = try reader.read()
    named = try reader.read()
    chain = try reader.read()
    envelope = try reader.readOpaque(max: SizeClass.largest.byteCount)
    guard SizeClass(byteCount: envelope.count) != nil else { throw .invalidValue }
  }
}
