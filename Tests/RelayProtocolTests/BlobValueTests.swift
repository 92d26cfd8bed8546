// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing

@Suite struct BlobValueTests {
  @Test func `a set of parts has one spelling`() throws {
    var set = PartSet()
    #expect(set.bytes == [0] && set.count == 0)
    for index in [0, 9, 8_191] as [UInt64] {
      let part = try #require(PartIndex(index))
      #expect(!set.contains(part))
      set.insert(part)
      #expect(set.contains(part))
    }
    #expect(set.count == 3 && set.bytes.count == 1_024)
    #expect(set.bytes[0] == 1 && set.bytes[1] == 2 && set.bytes[1_023] == 0x80)
    #expect(PartSet(bytes: set.bytes) == set)
    for bad in [[], [1, 0], [0, 0], [UInt8](repeating: 1, count: 1_025)] as [[UInt8]] {
      #expect(PartSet(bytes: bad) == nil)
    }
    #expect(PartIndex(8_192) == nil && PartIndex(.max) == nil)
  }

  @Test func `a seal depends on every part, their order and their number`() throws {
    let parts = (0..<3).map { PartHash(checked: [UInt8](repeating: $0, count: 32)) }
    let seal = try #require(BlobSeal(of: parts))
    #expect(seal.parts == 3 && seal.length == 3 << 20)
    // SHA-256("Alcove 1.0 blob parts" || 00000003 || 32 times 00 || 32 times 01 || 32 times 02)
    let input = Array("Alcove 1.0 blob parts".utf8) + [0, 0, 0, 3] + parts.flatMap(\.bytes)
    #expect(seal.hash.bytes == Digest.sha256(input))
    #expect(BlobSeal(of: parts.reversed())?.hash != seal.hash)
    #expect(BlobSeal(of: Array(parts.prefix(2)))?.hash != seal.hash)
    #expect(BlobSeal(of: []) == nil)
    #expect(BlobSeal(parts: 0, hash: seal.hash) == nil)
    #expect(BlobSeal(parts: 8_193, hash: seal.hash) == nil)
  }
}
