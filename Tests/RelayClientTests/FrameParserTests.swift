// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing
import WireFormat

@testable import RelayClient

@Suite struct FrameParserTests {
  static let frames: [Frame] = [
    Frame(.heartbeat(5)), ClientFixture.envelope(1), ClientFixture.envelope(2, count: 65_536),
    Frame(.head(Position(9))), Frame(.turned(last: Position(3))),
    Frame(
      .gap(first: Position(4), entries: [EntryHash(checked: [UInt8](repeating: 1, count: 32))])),
    ClientFixture.caughtUp, Frame(.refused(.noSuchChannel)), ClientFixture.bye,
  ]

  private func parsed(_ bytes: [UInt8], inPiecesOf size: Int) throws -> [Frame] {
    var parser = FrameParser()
    var frames: [Frame] = []
    var start = 0
    while start < bytes.count {
      parser.feed(bytes[start..<min(bytes.count, start + size)])
      while let frame = try parser.next() { frames.append(frame) }
      start += size
    }
    #expect(parser.isBetweenFrames)
    return frames
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1_000, 16_384, 1_000_000])
  func `frames come out whole however they are cut`(size: Int) throws {
    let bytes = Self.frames.flatMap(\.wireBytes)
    #expect(try parsed(bytes, inPiecesOf: size) == Self.frames)
  }

  @Test func `a truncated frame is waited for and not taken`() throws {
    let bytes = ClientFixture.envelope(1).wireBytes
    for count in [1, 2, 3, 4, 5, 100, bytes.count - 1] {
      var parser = FrameParser()
      parser.feed(bytes[..<count])
      #expect(try parser.next() == nil)
      #expect(!parser.isBetweenFrames)
    }
  }

  @Test(
    arguments: [
      // Longer than any frame: 2^30 - 1, and one byte more than the bound.
      [1, 0, 0, 0xBF, 0xFF, 0xFF, 0xFF],
      [1, 0, 0, 0x80, 0x10, 0x04, 0x01],
      // No such size of a length.
      [1, 0, 0, 0xC0],
      // Not the shortest length.
      [0, 0, 0, 0x40, 0x08, 0, 0, 0, 0, 0, 0, 0, 1],
      // No such type.
      [99, 0, 0, 0],
      // More in the body than belongs there.
      [2, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0],
      [2, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0],
      [6, 0, 0, 5, 9, 0, 0, 0, 0],
    ] as [[UInt8]])
  func `what is no frame is refused as soon as it shows`(bytes: [UInt8]) {
    var parser = FrameParser()
    parser.feed(bytes)
    #expect(throws: WireError.self) { _ = try parser.next() }
  }

  @Test func `a stream of any length needs little memory`() throws {
    var parser = FrameParser()
    let bytes = ClientFixture.envelope(1).wireBytes
    for _ in 0..<2_000 {
      parser.feed(bytes)
      #expect(try parser.next() != nil)
    }
    #expect(parser.isBetweenFrames)
  }

  @Test(arguments: UInt64(1)...50)
  func `no garbage makes it trap`(seed: UInt64) {
    let random = SeededRandom(seed: seed)
    var bytes = Self.frames.flatMap(\.wireBytes)
    for _ in 0..<5 {
      bytes[Int(random.uniform(below: UInt64(bytes.count)))] = random.bytes(1)[0]
    }
    var parser = FrameParser()
    parser.feed(bytes)
    // An answer or an error, and nothing else.
    while let frame = try? parser.next() { #expect(!frame.wireBytes.isEmpty) }
  }
}
