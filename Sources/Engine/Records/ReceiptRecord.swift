// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

/// What shows that an own turn, and the consent line in it, was lodged at the relay.
///
/// ```
/// wanted --the turn asked for again: the relay's word for it--> kept
///        --no word, or a wrong one--------------------------> dropped
/// ```
///
/// Wanted for as long as the tail keeps the turn's bytes.
struct ReceiptRecord: WireCodable, Sendable {
  static let version: UInt8 = 1

  let turn: TurnReceipt.Turn
  /// The chain before the turn.
  let before: ChainHash
  /// Nil while it is wanted.
  var receipt: TurnReceipt?
  /// The relay's Ed25519 key as it was when the receipt came, 32 bytes; empty while it is wanted.
  var identity: [UInt8]

  init(turn: TurnReceipt.Turn, before: ChainHash) {
    self.turn = turn
    self.before = before
    receipt = nil
    identity = []
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(turn.channel)
    writer.write(turn.id)
    writer.write(turn.named)
    writer.write(turn.at)
    writer.write(before)
    writer.writeOptional(receipt.map { Opaque(Array($0.text.utf8)) })
    writer.writeOpaque(identity)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    turn = TurnReceipt.Turn(
      channel: try reader.read(), id: try reader.read(), named: try reader.read(),
      at: try reader.read())
    before = try reader.read()
    if let text = try reader.readOptional(Opaque.self)?.bytes {
      guard let read = TurnReceipt(text: String(decoding: text, as: UTF8.self)) else {
        throw .invalidValue
      }
      receipt = read
    } else {
      receipt = nil
    }
    identity = try reader.readOpaque(max: 32)
  }
}
