// SPDX-License-Identifier: Apache-2.0

import Testing
import WireFormat

@Suite struct WireCodecTests {
  /// A structure with every kind of field, for properties over arbitrary bytes.
  struct Sample: WireCodable, Equatable {
    var small: UInt8
    var medium: UInt16
    var fixed: [UInt8]
    var opaque: [UInt8]
    var numbers: [UInt32]
    var optional: UInt64?

    init(
      small: UInt8, medium: UInt16, fixed: [UInt8], opaque: [UInt8], numbers: [UInt32],
      optional: UInt64?
    ) {
      self.small = small
      self.medium = medium
      self.fixed = fixed
      self.opaque = opaque
      self.numbers = numbers
      self.optional = optional
    }

    func encode(into writer: inout WireWriter) {
      writer.write(small)
      writer.write(medium)
      writer.writeFixed(fixed)
      writer.writeOpaque(opaque)
      writer.writeVector(numbers)
      writer.writeOptional(optional)
    }

    init(from reader: inout WireReader) throws(WireError) {
      small = try reader.readUInt8()
      medium = try reader.readUInt16()
      fixed = try reader.readFixed(3)
      opaque = try reader.readOpaque(max: 100_000)
      numbers = try reader.readVector()
      optional = try reader.readOptional()
    }
  }

  private static func sample(opaque: Int, numbers: Int, optional: UInt64?) -> Sample {
    Sample(
      small: 1, medium: 0x0203, fixed: [4, 5, 6],
      opaque: (0..<opaque).map { UInt8(truncatingIfNeeded: $0) },
      numbers: (0..<numbers).map { UInt32($0) &* 0x0101_0101 }, optional: optional)
  }

  @Test(arguments: [0, 1, 63, 64, 16_383, 16_384], [0, 15, 16, 4_095, 4_096])
  func `what is written is read again`(opaque: Int, numbers: Int) throws {
    for optional in [nil, UInt64.max] {
      let value = Self.sample(opaque: opaque, numbers: numbers, optional: optional)
      #expect(try Sample(wireBytes: value.wireBytes) == value)
      #expect(throws: WireError.trailingBytes) { try Sample(wireBytes: value.wireBytes + [0]) }
    }
  }

  @Test func `a slice is read from its own start`() throws {
    let value = Self.sample(opaque: 70, numbers: 3, optional: 9)
    let padded = [0xff, 0xff, 0xff] + value.wireBytes + [0xff]
    #expect(try Sample(wireBytes: padded[3..<padded.count - 1]) == value)
    var reader = WireReader(padded[3...])
    _ = try reader.read(Sample.self)
    #expect(reader.remaining == 1 && !reader.isAtEnd)
  }

  @Test func `every shorter encoding is refused`() {
    let bytes = Self.sample(opaque: 70, numbers: 3, optional: 9).wireBytes
    for count in bytes.indices {
      #expect(throws: WireError.self) { try Sample(wireBytes: bytes[..<count]) }
    }
  }

  @Test func `whatever is read encodes to the same bytes`() {
    var generator = SplitMix(state: 7)
    let base = Self.sample(opaque: 70, numbers: 3, optional: 9).wireBytes
    var read = 0
    for _ in 0..<20_000 {
      var bytes = base
      for _ in 0..<Int(generator.next() % 4) {
        bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
          truncatingIfNeeded: generator.next())
      }
      if generator.next() % 4 == 0 { bytes.removeLast(Int(generator.next() % UInt64(bytes.count))) }
      if let value = try? Sample(wireBytes: bytes) {
        read += 1
        #expect(value.wireBytes == bytes)
      }
    }
    #expect(read > 1_000)
  }

  @Test func `integers are big-endian: RFC 9420 §2.1`() throws {
    var writer = WireWriter()
    writer.write(UInt16(0x0102))
    writer.write(UInt32(0x0304_0506))
    writer.write(UInt64(0x0708_090a_0b0c_0d0e))
    #expect(writer.bytes == Array(1...14))
    var reader = WireReader(writer.bytes)
    #expect(try reader.readUInt16() == 0x0102)
    #expect(try reader.readUInt32() == 0x0304_0506)
    #expect(try reader.readUInt64() == 0x0708_090a_0b0c_0d0e)
    try reader.finish()
  }

  @Test func `an optional is one byte of 0 or 1: RFC 9420 §2.1.1`() throws {
    for byte in UInt8.min...UInt8.max {
      var reader = WireReader([byte, 7])
      switch byte {
      case 0: #expect(try reader.readOptional(UInt8.self) == nil)
      case 1: #expect(try reader.readOptional(UInt8.self) == 7)
      default: #expect(throws: WireError.invalidValue) { try reader.readOptional(UInt8.self) }
      }
    }
  }

  @Test func `signed bytes are given back as they were received`() throws {
    var reader = WireReader([9, 9, 1, 2, 3, 4])
    _ = try reader.readUInt16()
    let position = reader.position
    _ = try reader.readFixed(3)
    #expect(reader.bytes(since: position) == [1, 2, 3])
    #expect(reader.bytes(since: reader.position) == [])
    #expect(try reader.bytes(since: position, max: 3) == [1, 2, 3])
    #expect(throws: WireError.tooLong) { try reader.bytes(since: position, max: 2) }
  }
}

/// Numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
