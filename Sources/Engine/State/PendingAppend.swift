// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

/// An envelope that was made here and has not been read back.
///
/// ```
/// pending --own bytes read---------------------> done
///         --token refused, then the turn read--> the content is sealed again, under a new id
///         --timeout, 5xx, crash----------------> the same bytes, the same id, the same token
/// ```
///
/// It holds everything an append shows, so that a retry is the same append, whatever has happened to the
/// group in between. The answer to an append changes nothing here but ``Standing/refused``.
struct PendingAppend: WireCodable, Sendable {
  static let version: UInt8 = 1

  enum Standing: UInt8, Sendable {
    /// Whether the relay holds it is not known.
    case unknown = 0
    /// The relay has said, definitely, that its token is retired.
    case refused = 1
  }

  let id: EnvelopeID
  /// The epoch whose keys sealed it.
  let epoch: UInt64
  let sealed: [UInt8]
  let access: AccessToken
  /// For a turn: L of the epoch it ends, and the hashes of the next.
  let turn: TurnSecret?
  let named: NamedHashes
  /// The content in it, by its number in the outbox; nil for a commit.
  let item: UInt64?
  /// What the author had read, as said inside.
  let told: Position
  var standing: Standing

  init(
    id: EnvelopeID, epoch: UInt64, sealed: [UInt8], access: AccessToken, turn: TurnSecret? = nil,
    named: NamedHashes, item: UInt64?, told: Position
  ) {
    self.id = id
    self.epoch = epoch
    self.sealed = sealed
    self.access = access
    self.turn = turn
    self.named = named
    self.item = item
    self.told = told
    standing = .unknown
  }

  /// entry(n), by which it is known in the log.
  var hash: EntryHash { EntryHash(id: id, named: named, envelope: sealed) }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(id)
    writer.write(epoch)
    writer.writeOpaque(sealed)
    writer.write(access)
    writer.writeOptional(turn)
    writer.write(named)
    writer.writeOptional(item)
    writer.write(told)
    writer.write(standing.rawValue)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    id = try reader.read()
    epoch = try reader.readUInt64()
    sealed = try reader.readOpaque()
    access = try reader.read()
    turn = try reader.readOptional()
    named = try reader.read()
    item = try reader.readOptional()
    told = try reader.read()
    standing = try reader.readCase()
  }
}
