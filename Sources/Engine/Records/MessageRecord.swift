// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import RelayProtocol
internal import WireFormat

/// One message as kept: text, times, place, and the ledger head under which it was sent.
///
/// No signature is kept. A stolen store holds notes, not authenticated confessions.
struct MessageRecord: WireCodable, Sendable {
  static let version: UInt8 = 1

  enum Standing: UInt8, Sendable {
    case waiting = 1
    case atRelay = 2
    case refused = 3
    case received = 4
  }

  let inner: [UInt8]
  let scope: Scope
  var sent: Int64
  let body: [UInt8]
  var standing: Standing
  var unread: Bool
  /// Zero while it waits.
  var position: Position
  var epoch: UInt64
  /// 32 bytes; empty while it waits.
  var head: [UInt8]
  var quarantine: Quarantine?

  init(
    inner: [UInt8], scope: Scope, sent: Int64, body: [UInt8], standing: Standing, unread: Bool,
    position: Position = Position(0), epoch: UInt64 = 0, head: [UInt8] = [],
    quarantine: Quarantine? = nil
  ) {
    self.inner = inner
    self.scope = scope
    self.sent = sent
    self.body = body
    self.standing = standing
    self.unread = unread
    self.position = position
    self.epoch = epoch
    self.head = head
    self.quarantine = quarantine
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeFixed(inner)
    writer.write(text: scope.rawValue)
    writer.write(time: sent)
    writer.writeOpaque(body)
    writer.write(standing.rawValue)
    writer.write(unread)
    writer.write(position)
    writer.write(epoch)
    writer.writeOpaque(head)
    writer.write(quarantine?.rawValue ?? 0)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    inner = try reader.readFixed(Content.innerCount)
    guard let scope = Scope(rawValue: try reader.readText()) else { throw .invalidValue }
    self.scope = scope
    sent = try reader.readTime()
    body = try reader.readOpaque()
    standing = try reader.readCase()
    unread = try reader.readBool()
    position = try reader.read()
    epoch = try reader.readUInt64()
    head = try reader.readOpaque(max: 32)
    let reason = try reader.readUInt8()
    quarantine = Quarantine(rawValue: reason)
    guard reason == 0 || quarantine != nil else { throw .invalidValue }
  }
}
