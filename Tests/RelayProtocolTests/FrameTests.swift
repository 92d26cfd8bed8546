// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing
import WireFormat

@Suite struct FrameTests {
  private static let entry = EnvelopeEntry(
    position: Position(7), id: EnvelopeID(checked: Array(0..<16)), named: .none,
    chain: ChainHash(checked: Array(0..<32)), envelope: [UInt8](repeating: 9, count: 1_024))
  private static let turn = EnvelopeEntry(
    position: Position(8), id: EnvelopeID(checked: Array(1..<17)),
    named: NamedHashes(
      token: TokenHash(checked: Array(0..<32)), turn: TurnHash(checked: Array(32..<64))),
    chain: ChainHash(checked: Array(0..<32)), envelope: [UInt8](repeating: 1, count: 16_384))

  static let bodies: [Frame.Body] = [
    .heartbeat(1_700_000_000), .envelope(entry), .envelope(turn), .head(Position(.max)),
    .turned(last: Position(3)),
    .gap(first: Position(1), entries: [EntryHash(checked: Array(0..<32))]),
    .caughtUp(LogAt(position: Position(0), chain: ChainHash(checked: Array(0..<32)))),
    .bye(.drain, retryAfterMilliseconds: 1_000), .bye(.age, retryAfterMilliseconds: 0),
    .bye(.slow, retryAfterMilliseconds: .max), .refused(.noSuchChannel), .refused(.beyondHead),
    .refused(.limited),
  ]

  @Test(arguments: bodies)
  func `a frame reads back as it was written`(_ body: Frame.Body) throws {
    let frame = Frame(subscription: 1_023, body)
    let read = try Frame(wireBytes: frame.wireBytes)
    #expect(read == frame)
    #expect(read.wireBytes == frame.wireBytes)
  }

  @Test(arguments: bodies)
  func `a frame that is cut anywhere or has a byte too many is refused`(
    _ body: Frame.Body
  ) throws {
    let bytes = Frame(body).wireBytes
    let cuts = bytes.count > 200 ? [0, 1, 2, 3, 4, 5, 40, bytes.count - 1] : Array(0..<bytes.count)
    for cut in cuts {
      #expect(throws: WireError.self) { try Frame(wireBytes: Array(bytes[..<cut])) }
    }
    #expect(throws: WireError.self) { try Frame(wireBytes: bytes + [0]) }
  }

  @Test func `unknown types, reasons and codes are refused`() {
    for bytes: [UInt8] in [
      [8, 0, 0, 0], [255, 0, 0, 0], [6, 0, 0, 5, 9, 0, 0, 0, 0], [7, 0, 0, 1, 200],
    ] {
      #expect(throws: WireError.self) { try Frame(wireBytes: bytes) }
    }
  }

  @Test func `a body longer than any frame is refused before it is read`() {
    var writer = WireWriter()
    writer.write(UInt8(1))
    writer.write(UInt16(0))
    writer.writeLength(Frame.maximumBody + 1)
    #expect(throws: WireError.self) { try Frame(wireBytes: writer.bytes) }
  }

  @Test func `an envelope that is no size class, and a gap of nothing, are refused`() {
    var writer = WireWriter()
    writer.write(UInt8(1))
    writer.write(UInt16(0))
    writer.writeVector { writer in
      writer.write(UInt64(1))
      writer.writeFixed([UInt8](repeating: 0, count: 16))
      writer.writeOpaque([UInt8]())
      writer.writeFixed([UInt8](repeating: 0, count: 32))
      writer.writeOpaque([UInt8](repeating: 0, count: 1_023))
    }
    #expect(throws: WireError.self) { try Frame(wireBytes: writer.bytes) }
    #expect(throws: WireError.self) {
      try Frame(wireBytes: [4, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    }
  }

  @Test func `whatever parses is written as the same bytes, and nothing traps`() {
    let random = SeededRandom(seed: 1)
    var parsed = 0
    for round in 0..<20_000 {
      // Half of them are real frames with a few bytes changed.
      var bytes = random.bytes(Int(random.uniform(below: 60)))
      if round.isMultiple(of: 2) {
        let small = Self.bodies.filter { if case .envelope = $0 { false } else { true } }
        bytes = Frame(small[round / 2 % small.count]).wireBytes
        for _ in 0..<random.uniform(below: 3) {
          bytes[Int(random.uniform(below: UInt64(bytes.count)))] = random.bytes(1)[0]
        }
      }
      guard let frame = try? Frame(wireBytes: bytes) else { continue }
      parsed += 1
      #expect(frame.wireBytes == bytes)
    }
    #expect(parsed > 1_000)
  }
}
