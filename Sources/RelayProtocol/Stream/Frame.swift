// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// One frame of a read or a follow, `application/vnd.alcove.frames; v=1`.
///
/// `struct { uint8 type; uint16 sub; opaque body<V>; } Frame;`
public struct Frame: Hashable, Sendable, WireEncodable, WireDecodable {
  /// The largest body: an envelope of the largest class and what stands around it.
  public static let maximumBody = SizeClass.largest.byteCount + 1_024

  public enum Body: Hashable, Sendable {
    /// The relay's time, in seconds since 1970: nothing else happened for a while.
    case heartbeat(UInt64)
    case envelope(EnvelopeEntry)
    /// There is more than is pushed: read it.
    case head(Position)
    /// The subscription's token was retired by the turn at `last`; the subscription is over.
    case turned(last: Position)
    /// Bodies that are gone, from `first` on, with their hashes for the chain.
    case gap(first: Position, entries: [EntryHash])
    /// All there was has been sent.
    case caughtUp(LogAt)
    case bye(ByeReason, retryAfterMilliseconds: UInt32)
    /// This subscription only.
    case refused(RefusalCode)
  }

  /// Which subscription of the request it belongs to, counted from 0.
  public let subscription: UInt16
  public let body: Body

  public init(subscription: UInt16 = 0, _ body: Body) {
    self.subscription = subscription
    self.body = body
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(type)
    writer.write(subscription)
    writer.writeVector { writer in
      switch body {
      case .heartbeat(let time): writer.write(time)
      case .envelope(let entry): writer.write(entry)
      case .head(let head): writer.write(head)
      case .turned(let last): writer.write(last)
      case .gap(let first, let entries):
        writer.write(first)
        writer.writeVector(entries)
      case .caughtUp(let at): writer.write(at)
      case .bye(let reason, let retry):
        writer.write(reason.rawValue)
        writer.write(retry)
      case .refused(let code): writer.write(code.rawValue)
      }
    }
  }

  public init(from reader: inout WireReader) throws(WireError) {
    let type = try reader.readUInt8()
    subscription = try reader.readUInt16()
    let bytes = try reader.readOpaque(max: Self.maximumBody)
    var inner = WireReader(bytes)
    switch type {
    case 0: body = .heartbeat(try inner.readUInt64())
    case 1: body = .envelope(try inner.read())
    case 2: body = .head(try inner.read())
    case 3: body = .turned(last: try inner.read())
    case 4:
      let first: Position = try inner.read()
      let entries: [EntryHash] = try inner.readVector()
      guard !entries.isEmpty, first.value >= 1,
        !first.value.addingReportingOverflow(UInt64(entries.count)).overflow
      else { throw .invalidValue }
      body = .gap(first: first, entries: entries)
    case 5: body = .caughtUp(try inner.read())
    case 6:
      guard let reason = ByeReason(rawValue: try inner.readUInt8()) else { throw .invalidValue }
      body = .bye(reason, retryAfterMilliseconds: try inner.readUInt32())
    case 7:
      guard let code = RefusalCode(rawValue: try inner.readUInt8()) else { throw .invalidValue }
      body = .refused(code)
    default: throw .invalidValue
    }
    try inner.finish()
  }

  private var type: UInt8 {
    switch body {
    case .heartbeat: 0
    case .envelope: 1
    case .head: 2
    case .turned: 3
    case .gap: 4
    case .caughtUp: 5
    case .bye: 6
    case .refused: 7
    }
  }
}
