// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing
import WireFormat

/// Values of the wire that are whole and mean nothing.
@Suite struct ForgedValueTests {
  private static let blob = BlobID(random: SeededRandom(seed: 1))

  @Test func `a reference to a blob has one version, and as many parts as its length needs`()
    throws
  {
    let honest = try BlobReference(
      blob: Self.blob, key: SharedSecret(zeros: 32),
      length: UInt64(BlobReference.partCapacity) + 1
    ).wireBytes
    #expect(try BlobReference(wireBytes: honest).parts == 2)
    for version in [UInt8(0), 2, 255] {
      #expect(throws: WireError.invalidValue) {
        try BlobReference(wireBytes: [version] + honest.dropFirst())
      }
    }
    for parts in [UInt8(0), 1, 3] {
      var forged = honest
      forged[68] = parts
      #expect(throws: WireError.invalidValue) { try BlobReference(wireBytes: forged) }
    }
  }

  @Test func `a reference to a blob has a key of 32 bytes and a length that a blob can have`() {
    for (count, length) in [
      (31, 1), (33, 1), (0, 1), (32, BlobReference.maximumLength + 1), (32, .max),
    ] as [(Int, UInt64)] {
      #expect(throws: WireError.invalidValue) {
        try BlobReference(blob: Self.blob, key: SharedSecret(zeros: count), length: length)
      }
    }
    #expect(throws: Never.self) {
      try BlobReference(
        blob: Self.blob, key: SharedSecret(zeros: 32), length: BlobReference.maximumLength)
    }
  }

  @Test func `a gap begins at a position, holds entries and ends before the last number`() throws {
    let hash = EntryHash(checked: [UInt8](repeating: 3, count: 32))
    func gap(_ first: UInt64, _ count: Int) throws -> Frame {
      try Frame(
        wireBytes: Frame(
          subscription: 0,
          .gap(first: Position(first), entries: Array(repeating: hash, count: count))
        ).wireBytes)
    }
    for (first, count) in [(1, 1), (5, 3), (.max - 2, 2)] as [(UInt64, Int)] {
      guard case .gap(let read, let entries) = try gap(first, count).body else {
        Issue.record("a gap is read as one")
        continue
      }
      #expect(read.value == first && entries.count == count)
    }
    for (first, count) in [(0, 1), (1, 0), (.max, 1), (.max - 1, 2)] as [(UInt64, Int)] {
      #expect(throws: WireError.invalidValue) { try gap(first, count) }
    }
  }
}
