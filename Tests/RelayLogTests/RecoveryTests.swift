// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// Copies of a store, and a store out of a copy.
@Suite struct RecoveryTests {
  @Test func `a copy is taken while appends go on, and is whole`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    for _ in 0..<50 { _ = try await store.append(member.message()) }
    let copy = place.path + ".copy"
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { for _ in 0..<50 { _ = try await store.append(member.message()) } }
      }
      group.addTask { try SQLiteRelayStore.backUp(path: place.path, to: copy) }
      try await group.waitForAll()
    }
    #expect(try SQLiteRelayStore.findings(path: copy) == [])
    let found = try TemporaryStore.knowledge(copy)[0].entries.count
    #expect((50...250).contains(found))
    // What is there is not overwritten.
    #expect(throws: RelayStoreError.foreignFile) {
      try SQLiteRelayStore.backUp(path: place.path, to: copy)
    }
    #expect(throws: RelayStoreError.missing) {
      try SQLiteRelayStore.backUp(path: place.path + ".nothing", to: copy + "2")
    }
  }

  @Test func `a restored store is another incarnation, and takes repairs first`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    for _ in 0..<3 { _ = try await store.append(member.message()) }
    let old = place.path + ".old"
    try SQLiteRelayStore.backUp(path: place.path, to: old)
    // What members know and the copy does not: a message, a turn, a message behind it.
    let before = try await store.append(member.message()).at
    let lost = try await store.read(member, after: 3).entries
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    let turned = member
    member.advance(next)
    let last = member.message()
    _ = try await store.append(last)
    let whole = try await store.read(member)
    let incarnation = store.incarnation
    store.stop()

    let moved = MovedSurroundings(day: 20_000)
    let restored = try TemporaryStore()
    try SQLiteRelayStore.restore(from: old, to: restored.path, day: 20_000)
    var again = try restored.open(.existing, surroundings: moved.surroundings)
    #expect(again.incarnation != incarnation)
    await #expect(throws: RelayError.refused(.recovering)) {
      _ = try await again.append(turned.message())
    }
    // A restart begins the time anew.
    again.stop()
    let observer = CountingObserver()
    again = try restored.open(
      .existing, surroundings: moved.surroundings, observer: observer)
    defer { again.stop() }
    let first = try #require(lost.first)
    func put(_ append: Append, at position: UInt64, _ chain: ChainHash) -> Append {
      Append(
        channel: append.channel, token: append.token, id: append.id, turn: append.turn,
        named: append.named, at: LogAt(position: Position(position), chain: chain),
        envelope: append.envelope)
    }
    let message = Append(
      channel: member.channel, token: turned.token, id: first.id, envelope: first.envelope)
    let third = try #require(try await again.read(turned, epoch: 0).entries.last)
    await #expect(throws: RelayError.notAt(LogAt(position: Position(3), chain: third.chain))) {
      _ = try await again.append(put(turn, at: 5, before.chain))
    }
    #expect(try await again.append(put(message, at: 4, third.chain)).at == before)
    #expect(try await again.append(put(message, at: 4, third.chain)).isReplay)
    let afterTurn = try await again.append(put(turn, at: 5, before.chain)).at
    _ = try await again.append(put(last, at: 6, afterTurn.chain))
    #expect(try await again.read(member) == whole)
    let repairs = observer.counts.repairs.map { try? $0.get()?.isReplay }
    #expect(repairs == [nil, false, true, false, false])
    await #expect(throws: RelayError.refused(.recovering)) {
      _ = try await again.append(member.message())
    }
    moved.moveTicks(seconds: 15 * 60)
    _ = try await again.append(member.message())
    #expect(observer.counts.repairs.count == 5)
  }

  @Test func `a copy is one file that is read without anything being written beside it`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    _ = try await store.append(member.message())
    defer { store.stop() }
    let copy = place.path + ".copy"
    try SQLiteRelayStore.backUp(path: place.path, to: copy)
    func files() throws -> [String] {
      let folder = URL(filePath: copy).deletingLastPathComponent().path
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter {
        $0.contains(".copy")
      }.sorted()
    }
    let before = try files()
    #expect(before.count == 2)
    // Whether the file wants a write-ahead log (SQLite's file format, 1.3.3).
    let header = try Data(contentsOf: URL(filePath: copy)).prefix(20)
    #expect(Array(header.suffix(2)) == [1, 1])
    #expect(try SQLiteRelayStore.findings(path: copy) == [])
    #expect(try files() == before)
    // A store that is made of it has one again.
    let restored = try TemporaryStore()
    try SQLiteRelayStore.restore(from: copy, to: restored.path, day: 20_000)
    let again = try restored.open(.existing)
    defer { again.stop() }
    #expect(try again.pragma("journal_mode") == "wal")
    #expect(try await again.read(member).entries.count == 1)
  }

  @Test func `what cannot be opened is not called damaged`() throws {
    let place = try TemporaryStore()
    try place.open().stop()
    // Where its write-ahead log would be, something else lies.
    let log = place.path + "-wal"
    try FileManager.default.createDirectory(atPath: log, withIntermediateDirectories: false)
    #expect(throws: RelayStoreError.unavailable) {
      try SQLiteRelayStore.findings(path: place.path)
    }
    try FileManager.default.removeItem(atPath: log)
    try place.write([UInt8](repeating: 0x5A, count: 20_000))
    #expect(throws: RelayStoreError.integrity) {
      try SQLiteRelayStore.findings(path: place.path)
    }
  }

  @Test func `a database of something else is no store, and not one that may not be read`() throws {
    let place = try TemporaryStore()
    let queue = try DatabaseQueue(path: place.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
    try queue.close()
    #expect(throws: RelayStoreError.integrity) {
      try SQLiteRelayStore.findings(path: place.path)
    }
    #expect(throws: RelayStoreError.integrity) {
      try SQLiteRelayStore.summary(path: place.path)
    }
  }
}
