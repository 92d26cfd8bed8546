// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

/// A commit of this device that waits for its turn, with the whole state it leads to.
///
/// A committer cannot decrypt its own UpdatePath: lose the next state and the group is lost with it. While
/// this record exists the epoch takes no second commit and no new message.
///
/// ```
/// staged --own bytes read at the turn-----------> promoted; releases its consent line
///        --another valid commit at the turn-----> dropped; the line goes on waiting, or is dead
///        --token refused, log read, neither-----> cannot go on: found anew
///        --timeout, 5xx, crash------------------> the same bytes again
/// ```
struct StagedCommit: WireCodable, Sendable {
  /// Version 2 holds the wish; a commit that was staged before answers none.
  static let versions: ClosedRange<UInt8> = 1...2

  var append: PendingAppend
  /// The encoded group of the next epoch.
  let group: [UInt8]
  let secrets: EpochSecrets
  /// The consent line it carries, as signed, and its number among the waiting lines.
  let line: [UInt8]?
  let lineNumber: UInt64?
  /// The serial of the device that certified the new leaf.
  let serial: UInt64
  /// The last wish for new keys when it was staged: it answers that one and none after it.
  let wish: UInt64?

  init(
    append: PendingAppend, group: [UInt8], secrets: EpochSecrets, line: [UInt8]?,
    lineNumber: UInt64?, serial: UInt64, wish: UInt64
  ) {
    self.append = append
    self.group = group
    self.secrets = secrets
    self.line = line
    self.lineNumber = lineNumber
    self.serial = serial
    self.wish = wish
  }

  func encode(into writer: inout WireWriter) {
    writer.write(wish == nil ? Self.versions.lowerBound : Self.versions.upperBound)
    writer.write(append)
    writer.writeOpaque(group)
    writer.write(secrets)
    writer.writeOptional(line.map { Opaque($0) })
    writer.writeOptional(lineNumber)
    writer.write(serial)
    if let wish { writer.write(wish) }
  }

  init(from reader: inout WireReader) throws(WireError) {
    let version = try reader.readUInt8()
    guard Self.versions.contains(version) else { throw .invalidValue }
    append = try reader.read()
    group = try reader.readOpaque()
    secrets = try reader.read()
    line = try reader.readOptional(Opaque.self)?.bytes
    lineNumber = try reader.readOptional()
    serial = try reader.readUInt64()
    wish = version < 2 ? nil : try reader.readUInt64()
  }
}
