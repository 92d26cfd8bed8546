// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// Copies of a store, and a store out of a copy.
@Suite struct RecoveryTests {
  /// How far those are who write while somebody copies.
  private final class Progress: Sendable {
    let appended = Atomic(0)
    let isCopied = Atomic(false)
    var count: Int { appended.load(ordering: .sequentiallyConsistent) }
  }

  /// On a thread of its own: it would take one of the few on which the appends go on.
  private static func backUp(_ path: String, to copy: String) async throws {
    _ = try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Int, any Error>) in
      Thread.detachNewThread {
        let result = Result<Int, any Error> {
          try SQLiteRelayStore.backUp(path: path, to: copy)
        }
        continuation.resume(with: result)
      }
    }
  }

  @Test func `a copy is taken while appends go on, and is whole`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    // So much that it takes longer to copy it than to append once more.
    let large = [UInt8](repeating: 0x5A, count: 1 << 20)
    let (laid, writers) = (16, 4)
    let progress = Progress()
    for _ in 0..<laid {
      _ = try await store.append(
        Append(
          channel: member.channel, token: member.token, id: EnvelopeID(random: place.random),
          envelope: large))
      progress.appended.add(1, ordering: .sequentiallyConsistent)
    }
    let copies = place.path + ".copy"
    let (number, before, after) = try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<writers {
        group.addTask {
          while !progress.isCopied.load(ordering: .sequentiallyConsistent) {
            _ = try await store.append(member.message())
            progress.appended.add(1, ordering: .sequentiallyConsistent)
          }
        }
      }
      // Also where something fails: they would not end.
      defer { progress.isCopied.store(true, ordering: .sequentiallyConsistent) }
      var left = 600
      while progress.count == laid, left > 0 {
        try await Task.sleep(for: .milliseconds(50))
        left -= 1
      }
      // On a busy machine a copy may be made before anybody has their turn.
      var (number, before, after) = (0, 0, 0)
      while before == after, number < 10 {
        number += 1
        before = progress.count
        try await Self.backUp(place.path, to: copies + "\(number)")
        after = progress.count
      }
      progress.isCopied.store(true, ordering: .sequentiallyConsistent)
      try await group.waitForAll()
      return (number, before, after)
    }
    #expect(before > laid && after > before)
    let copy = copies + "\(number)"
    #expect(try SQLiteRelayStore.findings(path: copy) == [])
    // All that was answered before it, and at its end one more of each writer at most.
    let found = try TemporaryStore.knowledge(copy)[0].entries.count
    #expect((before...after + writers).contains(found))
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
