// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import Postage
internal import RelayProtocol
internal import WireFormat

/// One token of postage, from the request to the channel that it buys.
///
/// ```
/// requested --answer--> held --bound to one channel, durably, before it leaves--> bound --30 days--> gone
/// ```
///
/// A token is bound in a transaction of its own and never unbound: whatever ends a process, it is
/// shown for that channel alone, and there the same again is the same payment.
struct PostageRecord: WireCodable, Sendable {
  static let version: UInt8 = 1

  enum Stage: Sendable {
    /// Waits for its answer, which is the one at `index` of the batch.
    case requested(batch: [UInt8], index: UInt32, PendingPostage)
    case held(PostageToken)
    case bound(PostageToken, to: ChannelID, at: Int64)
  }

  /// The relay's address as stored.
  let relay: [UInt8]
  var stage: Stage

  init(relay: [UInt8], _ stage: Stage) {
    self.relay = relay
    self.stage = stage
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeOpaque(relay)
    switch stage {
    case .requested(let batch, let index, let pending):
      writer.write(UInt8(1))
      writer.writeOpaque(batch)
      writer.write(index)
      writer.write(pending)
    case .held(let token):
      writer.write(UInt8(2))
      writer.write(token)
    case .bound(let token, let channel, let time):
      writer.write(UInt8(3))
      writer.write(token)
      writer.write(channel)
      writer.write(time: time)
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    relay = try reader.readOpaque()
    switch try reader.readUInt8() {
    case 1:
      stage = .requested(
        batch: try reader.readOpaque(max: 16), index: try reader.readUInt32(), try reader.read())
    case 2: stage = .held(try reader.read())
    case 3: stage = .bound(try reader.read(), to: try reader.read(), at: try reader.readTime())
    default: throw .invalidValue
    }
  }
}
