// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing
import WireFormat

@Suite struct ValueTests {
  @Test func `there are six sizes, and a length is one of them or none`() {
    #expect(
      SizeClass.allCases.map(\.byteCount) == [1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576])
    for size in SizeClass.allCases {
      #expect(SizeClass(byteCount: size.byteCount) == size)
      #expect(SizeClass(byteCount: size.byteCount - 1) == nil)
      #expect(SizeClass(byteCount: size.byteCount + 1) == nil)
    }
    for count in [Int.min, -1_024, -1, 0, 1, 2_048, 1_048_577, .max] {
      #expect(SizeClass(byteCount: count) == nil)
    }
  }

  @Test func `the smallest class that fits is taken, and turns take at least 16 KiB`() {
    #expect(SizeClass(fitting: 0, turning: false) == .kib1)
    #expect(SizeClass(fitting: 1_024, turning: false) == .kib1)
    #expect(SizeClass(fitting: 1_025, turning: false) == .kib4)
    #expect(SizeClass(fitting: 1, turning: true) == .kib16)
    #expect(SizeClass(fitting: 16_385, turning: true) == .kib64)
    #expect(SizeClass(fitting: 1_048_576, turning: false) == .kib1024)
    #expect(SizeClass(fitting: 1_048_577, turning: false) == nil)
  }

  @Test func `named hashes are empty or 64 bytes`() throws {
    for count in 0...80 {
      var writer = WireWriter()
      writer.writeOpaque([UInt8](repeating: 3, count: count))
      if count == 0 || count == 64 {
        let named = try NamedHashes(wireBytes: writer.bytes)
        #expect(named.wireBytes == writer.bytes)
        #expect(named.isEmpty == (count == 0))
      } else {
        #expect(throws: WireError.self) { try NamedHashes(wireBytes: writer.bytes) }
      }
    }
  }

  @Test func `ids of another size are refused`() {
    #expect(throws: WireError.self) { try ChannelID(bytes: [UInt8](repeating: 0, count: 31)) }
    #expect(throws: WireError.self) { try ChannelID(bytes: [UInt8](repeating: 0, count: 33)) }
    #expect(throws: WireError.self) { try EnvelopeID(bytes: []) }
    #expect(throws: WireError.self) { try AccessToken(bytes: [UInt8](repeating: 0, count: 31)) }
    #expect(throws: WireError.self) { try TurnSecret(bytes: [UInt8](repeating: 0, count: 33)) }
  }

  @Test func `what is hashed for the relay is SHA-256`() throws {
    let token = try AccessToken(bytes: Array(0..<32))
    let turn = try TurnSecret(bytes: Array(0..<32))
    let expected = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd"
    #expect(Hex.encode(token.hash.bytes) == expected)
    #expect(Hex.encode(turn.hash.bytes) == expected)
  }

  @Test func `ids, tokens and secrets do not show themselves`() throws {
    let canary: [UInt8] = Array(200..<232)
    let values: [Any] = [
      ChannelID(checked: canary), TokenHash(checked: canary), TurnHash(checked: canary),
      ChainHash(checked: canary), EntryHash(checked: canary),
      EnvelopeID(checked: Array(canary[..<16])), Incarnation(checked: Array(canary[..<16])),
      try AccessToken(bytes: canary), try TurnSecret(bytes: canary),
    ]
    let forms = [
      Hex.encode(canary[..<8]), String(Base64URL.encode(canary).prefix(10)), "200, 201, 202",
    ]
    for value in values {
      var shown = String(describing: value) + String(reflecting: value)
      dump(value, to: &shown)
      for form in forms { #expect(!shown.lowercased().contains(form.lowercased())) }
    }
  }

  @Test func `a position has a next one until there are no numbers left`() {
    #expect(Position(0).next == Position(1))
    #expect(Position(.max).next == nil)
  }

  @Test func `every problem has a name of its own and a status of the route table`() {
    #expect(Set(RelayProblem.allCases.map(\.type)).count == RelayProblem.allCases.count)
    for problem in RelayProblem.allCases {
      #expect(
        [400, 402, 403, 404, 405, 409, 410, 411, 413, 416, 429, 500, 503, 507].contains(
          problem.status))
      #expect(problem.type == "urn:alcove:error:\(problem.rawValue)")
    }
  }
}
