// SPDX-License-Identifier: Apache-2.0

import Testing
import WireFormat

@Suite struct WireLengthTests {
  private static let boundaries = [
    0, 1, 63, 64, 16_383, 16_384, 65_535, 1 << 24, (1 << 30) - 1,
  ]

  @Test(arguments: boundaries)
  func `a length takes the fewest bytes and is read again`(_ length: Int) throws {
    var writer = WireWriter()
    writer.writeLength(length)
    #expect(writer.bytes.count == (length < 64 ? 1 : length < 16_384 ? 2 : 4))
    #expect(writer.bytes.count == WireLength.headerSize(of: length))
    var reader = WireReader(writer.bytes)
    #expect(try reader.readLength() == length)
    #expect(reader.isAtEnd)
  }

  @Test(
    arguments: [
      ([0x3f], 63), ([0x40, 0x40], 64), ([0x7f, 0xff], 16_383),
      ([0x80, 0x00, 0x40, 0x00], 16_384), ([0xbf, 0xff, 0xff, 0xff], 1_073_741_823),
      // RFC 9000 §A.1, within 30 bits
      ([0x9d, 0x7f, 0x3e, 0x7d], 494_878_333), ([0x7b, 0xbd], 15_293), ([0x25], 37),
    ] as [([UInt8], Int)])
  func `lengths agree with the RFC`(_ bytes: [UInt8], _ length: Int) throws {
    var reader = WireReader(bytes)
    #expect(try reader.readLength() == length)
  }

  @Test(
    arguments: [
      [0x40, 0x00], [0x40, 0x3f], [0x80, 0x00, 0x00, 0x00], [0x80, 0x00, 0x00, 0x25],
      [0x80, 0x00, 0x3f, 0xff], [0xc0], [0xc0, 0, 0, 0, 0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff],
    ] as [[UInt8]])
  func `a length that could be shorter, or has prefix 11, is refused: RFC 9420 §2.1.2`(
    _ bytes: [UInt8]
  ) {
    #expect(throws: WireError.nonMinimalLength) {
      var reader = WireReader(bytes)
      _ = try reader.readLength()
    }
  }

  @Test(arguments: [[], [0x40], [0x80], [0x80, 0], [0x80, 0, 0x40]] as [[UInt8]])
  func `a length that ends early is truncated`(_ bytes: [UInt8]) {
    #expect(throws: WireError.truncated) {
      var reader = WireReader(bytes)
      _ = try reader.readLength()
    }
  }

  @Test func `a great length over few bytes allocates nothing and is refused`() {
    let claims: [UInt8] = [0xbf, 0xff, 0xff, 0xff, 1, 2, 3]
    for _ in 0..<1_000 {
      #expect(throws: WireError.truncated) {
        var reader = WireReader(claims)
        _ = try reader.readOpaque()
      }
      #expect(throws: WireError.truncated) {
        var reader = WireReader(claims)
        let _: [UInt32] = try reader.readVector()
      }
    }
    #expect(throws: WireError.tooLong) {
      var reader = WireReader(claims)
      _ = try reader.readOpaque(max: 16)
    }
    #expect(throws: WireError.truncated) {
      var reader = WireReader([1, 2, 3])
      _ = try reader.readFixed(-1)
    }
  }

  @Test func `a vector whose last item is cut is refused`() {
    #expect(throws: WireError.truncated) {
      var reader = WireReader([6, 0, 0, 0, 1, 0, 0, 9, 9])
      let _: [UInt32] = try reader.readVector()
    }
  }

  @Test func `a body that reads less than its vector is refused`() {
    #expect(throws: WireError.trailingBytes) {
      var reader = WireReader([2, 1, 2])
      try reader.readVector { (inner) throws(WireError) in _ = try inner.readUInt8() }
    }
    #expect(throws: WireError.truncated) {
      // The bytes behind the vector do not belong to it.
      var reader = WireReader([2, 1, 2, 3, 4])
      try reader.readVector { (inner) throws(WireError) in _ = try inner.readUInt32() }
    }
  }

  @Test func `items of no bytes are refused and do not loop`() {
    struct Nothing: WireDecodable {
      init(from reader: inout WireReader) throws(WireError) {}
    }
    #expect(throws: WireError.invalidValue) {
      var reader = WireReader([1, 1])
      let _: [Nothing] = try reader.readVector()
    }
  }

  @Test(arguments: [0, 62, 63, 64, 16_382, 16_383, 16_384, 70_000])
  func `a body gets the header of its length`(_ count: Int) throws {
    let body = [UInt8](repeating: 5, count: count)
    var nested = WireWriter()
    nested.writeVector { $0.writeFixed(body) }
    var plain = WireWriter()
    plain.writeOpaque(body)
    #expect(nested.bytes == plain.bytes)
    var sliced = WireWriter(reservingCapacity: 4)
    sliced.writeOpaque(([9] + body)[1...])
    #expect(sliced.bytes == plain.bytes)
  }
}
