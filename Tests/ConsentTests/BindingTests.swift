// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import Consent

@Suite struct BindingTests {
  @Test func `the consent extension is 37 bytes: version, length, head`() throws {
    let head = try #require(ConsentHead((0..<32).map { UInt8($0) }))
    let binding = ConsentExtension(length: 0x0102_0304, head: head)
    #expect(binding.wireBytes == [1, 1, 2, 3, 4] + (0..<32).map { UInt8($0) })
    #expect(try ConsentExtension(wireBytes: binding.wireBytes) == binding)
  }

  @Test func `another version, a missing or a further byte is refused`() {
    let bytes = ConsentExtension(length: 3, head: .empty).wireBytes
    #expect(throws: WireError.trailingBytes) { try ConsentExtension(wireBytes: bytes + [0]) }
    for count in bytes.indices {
      #expect(throws: WireError.truncated) {
        try ConsentExtension(wireBytes: Array(bytes[..<count]))
      }
    }
    for version in [UInt8(0), 2, 255] {
      #expect(throws: WireError.invalidValue) {
        try ConsentExtension(wireBytes: [version] + bytes.dropFirst())
      }
    }
  }

  @Test func `every line changes the extension`() throws {
    let ledger = try Story().whole()
    let all = (1...ledger.length).map { length in
      ConsentExtension(length: UInt32(length), head: ledger.lines[length - 1].head).wireBytes
    }
    #expect(Set(all).count == ledger.length)
    #expect(all.last == ConsentExtension(ledger).wireBytes)
  }

  @Test func `the channel extension holds relay, channel and relationship`() throws {
    let relationship = RelationshipID(random: SeededRandom(seed: 1))
    let channel = [UInt8](repeating: 7, count: 32)
    let binding = try #require(
      ChannelExtension(relay: [1, 2, 3], channel: channel, relationship: relationship))
    #expect(binding.wireBytes == [1, 3, 1, 2, 3] + channel + relationship.bytes)
    #expect(try ChannelExtension(wireBytes: binding.wireBytes) == binding)
    #expect(throws: WireError.trailingBytes) {
      try ChannelExtension(wireBytes: binding.wireBytes + [0])
    }
    #expect(
      ChannelExtension(relay: [], channel: [1], relationship: relationship) == nil)
    #expect(
      ChannelExtension(
        relay: [UInt8](repeating: 0, count: 1_025), channel: channel, relationship: relationship)
        == nil)
  }
}
