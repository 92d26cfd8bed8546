// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

/// One envelope as the relay held it, own or received, so that a relay restored from a backup gets back what
/// it has lost by ordinary appends of the very same bytes.
///
/// Kept are the last 256, and of the others those of 14 days, as long as all of them together have no more
/// than 256 MiB: what a relay invents fits in with the log until somebody writes, and is not to fill the disk.
///
/// Never K and no key of MLS: what lies here opens nothing.
struct TailEntry: WireCodable, Sendable {
  static let version: UInt8 = 1
  static let longest: Int64 = 14 * 86_400
  static let fewest: UInt64 = 256
  /// As many bytes as the fewest have where each is of the largest size.
  static let mostBytes: UInt64 = 256 << 20

  let id: EnvelopeID
  let access: AccessToken
  let turn: TurnSecret
  let named: NamedHashes
  let time: Int64
  let sealed: [UInt8]

  init(
    id: EnvelopeID, access: AccessToken, turn: TurnSecret, named: NamedHashes, time: Int64,
    sealed: [UInt8]
  ) {
    self.id = id
    self.access = access
    self.turn = turn
    self.named = named
    self.time = time
    self.sealed = sealed
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(id)
    writer.write(access)
    writer.write(turn)
    writer.write(named)
    writer.write(time: time)
    writer.writeOpaque(sealed)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    id = try reader.read()
    access = try reader.read()
    turn = try reader.read()
    named = try reader.read()
    time = try reader.readTime()
    sealed = try reader.readOpaque()
  }
}
