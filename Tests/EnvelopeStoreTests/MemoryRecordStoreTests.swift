// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Primitives
import Synchronization
import Testing

@Suite struct MemoryRecordStoreTests {
  struct Death: Error {}

  @Test(arguments: MemoryStep.allCases)
  func `a process that dies leaves the last committed state`(step: MemoryStep) throws {
    let fixture = try StoreFixture()
    let disk = MemoryDisk()
    try MemoryRecordStore(disk: disk, random: SeededRandom(seed: 1)).transaction(fixture.keys) {
      try $0.put([1], .group, fixture.mara)
    }
    let doomed = MemoryRecordStore(disk: disk, random: SeededRandom(seed: 1)) {
      if $0 == step { throw Death() }
    }
    _ = try? doomed.transaction(fixture.keys) { try $0.put([2], .group, fixture.mara) }
    _ = try? doomed.eraseTraces()
    #expect(throws: StoreError.closed) { try doomed.read(fixture.keys) { _ in } }

    let heir = MemoryRecordStore(disk: disk, random: SeededRandom(seed: 1))
    let found = try heir.read(fixture.keys) { try $0.get(.group, fixture.mara) }
    #expect(found == (step == .beforeCommit ? [1] : [2]))
    #expect(disk.tracesLeft == (step == .afterCommit || step == .beforeErase))
  }

  @Test func `the death of a process reaches its caller`() throws {
    let fixture = try StoreFixture()
    let store = MemoryRecordStore(random: SeededRandom(seed: 1)) { _ in throw Death() }
    #expect(throws: Death.self) {
      try store.transaction(fixture.keys) { try $0.put([2], .group, fixture.mara) }
    }
  }

  @Test func `a copied disk goes its own way and can be put back`() throws {
    let fixture = try StoreFixture()
    let disk = MemoryDisk()
    let store = MemoryRecordStore(disk: disk, random: SeededRandom(seed: 1))
    try store.transaction(fixture.keys) { try $0.put([1], .group, fixture.mara) }
    let backup = disk.copy()
    try store.transaction(fixture.keys) { try $0.put([2], .group, fixture.mara) }
    let copy = MemoryRecordStore(disk: backup, random: SeededRandom(seed: 2))
    #expect(try copy.read(fixture.keys) { try $0.get(.group, fixture.mara) } == [1])
    #expect(try store.read(fixture.keys) { try $0.get(.group, fixture.mara) } == [2])
    disk.restore(backup)
    #expect(try store.read(fixture.keys) { try $0.get(.group, fixture.mara) } == [1])
    #expect(disk.commits == 1)
  }

  @Test func `a step inside a step is refused instead of waiting for itself`() throws {
    let fixture = try StoreFixture()
    let store = MemoryRecordStore(random: SeededRandom(seed: 1))
    #expect(throws: StoreError.busy) {
      try store.transaction(fixture.keys) { _ in
        try store.transaction(fixture.keys) { _ in }
      }
    }
  }
}
