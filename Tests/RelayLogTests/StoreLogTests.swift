// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// What lies in the write-ahead log: what an ended process left there, and what was deleted since.
@Suite struct StoreLogTests {
  /// What a process leaves that is killed, or ends after a failed flush: its log holds what it wrote.
  private func leave(_ store: TemporaryStore) throws -> TemporaryStore {
    let left = try TemporaryStore()
    for end in ["", "-wal", "-blobs"] {
      try FileManager.default.copyItem(atPath: store.path + end, toPath: left.path + end)
    }
    return left
  }

  private func log(_ place: TemporaryStore) throws -> Int {
    try Data(contentsOf: URL(filePath: place.path + "-wal")).count
  }

  @Test func `what an ended process left in the log is written anew before anything is added`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    let at = try await store.append(member.message()).at
    let left = try leave(place)
    store.stop()
    #expect(try log(left) > 0)
    let next = try left.open(.existing)
    defer { next.stop() }
    // It is done when the store is open, so that nobody who comes is told to come back.
    #expect(try log(left) == 0)
    #expect(try await next.read(member).entries.last?.chain == at.chain)
    #expect(try await next.append(member.message()).at.position == at.position.next)
  }

  @Test func `what may not be on the disk is shown to nobody, and nothing goes on its word`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    let blob = BlobID(random: place.random)
    _ = try await store.blob(blob, [member.part(1)], member)
    let at = try await store.append(member.message()).at
    let left = try leave(place)
    store.stop()
    // A file that nobody knows of by the rows that are shown.
    let file = left.blobFolder.appending(path: PartName().text)
    try Data("part".utf8).write(to: file)
    // As long as somebody reads from the log, it cannot begin anew.
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let reader = try DatabaseQueue(path: left.path, configuration: configuration)
    try reader.inDatabase { try $0.execute(sql: "BEGIN; SELECT count(*) FROM entry") }
    let moved = MovedSurroundings(day: 20_000)
    let policy = StorePolicy(retentionDays: 1)
    let next = try left.open(.existing, policy: policy, surroundings: moved.surroundings)
    defer { next.stop() }
    await #expect(throws: RelayError.refused(.unavailable)) { try await next.read(member) }
    await #expect(throws: RelayError.refused(.unavailable)) {
      try await next.blobState(member.place(blob))
    }
    await #expect(throws: RelayError.refused(.unavailable)) {
      try await next.read(member.place(blob))
    }
    await #expect(throws: RelayError.refused(.unavailable)) {
      try await next.append(member.message())
    }
    let before = try log(left)
    moved.moveClock(days: 1)
    try await Task.sleep(for: .milliseconds(1_500))
    #expect(try log(left) == before)
    #expect(FileManager.default.fileExists(atPath: file.path))

    try reader.inDatabase { try $0.execute(sql: "COMMIT") }
    #expect(try await next.append(member.message()).at.position == at.position.next)
    #expect(try await next.read(member).entries.first?.chain == at.chain)
    #expect(try await next.read(member.place(blob)).count == PartIndex.partLength)
    #expect(try await left.settles(at: 1))
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func `what was deleted does not stay in the log where nothing else is written`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let sent = member.message()
    _ = try await store.append(sent)
    func holds() throws -> Bool {
      try ["", "-wal"].contains { end in
        try Data(contentsOf: URL(filePath: place.path + end))
          .firstRange(of: Data(sent.envelope.suffix(200))) != nil
      }
    }
    #expect(try holds())
    try await store.close(
      member.channel, token: member.token.hash, turn: member.epochs[0].turn.hash)
    for _ in 0..<1_200 where try holds() { try await Task.sleep(for: .milliseconds(50)) }
    #expect(try !holds())
  }

  @Test func `the log is emptied once for all that was deleted, when there is nothing else to do`()
    async throws
  {
    let place = try TemporaryStore()
    let observer = CountingObserver()
    let store = try place.open(observer: observer)
    defer { store.stop() }
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    for _ in 0..<1_000 { _ = try await store.append(member.message()) }
    let before = observer.counts.checkpoints
    try await store.close(
      member.channel, token: member.token.hash, turn: member.epochs[0].turn.hash)
    for _ in 0..<2_400 where try log(place) > 0 { try await Task.sleep(for: .milliseconds(50)) }
    #expect(try log(place) == 0)
    #expect(try TemporaryStore.knowledge(place.path).allSatisfy { $0.entries.isEmpty })
    // Eight slices; on a busy machine the last of them may have waited.
    #expect((1...2).contains(observer.counts.checkpoints - before))
  }

  @Test func `what was deleted goes from the log within a minute, however much is written`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(surroundings: moved.surroundings)
    defer { store.stop() }
    let (member, other) = (try Member(place.random), try Member(place.random))
    for member in [member, other] { _ = try await store.create(member.new) }
    let sent = member.message()
    for append in [sent, other.message()] { _ = try await store.append(append) }
    // What lies in the log stays where it is until the log begins anew.
    let bytes = Data(sent.envelope.suffix(200))
    let log = URL(filePath: place.path + "-wal")
    let found = try #require(try Data(contentsOf: log).firstRange(of: bytes))
    func isHeld() throws -> Bool {
      let file = try FileHandle(forReadingFrom: log)
      defer { try? file.close() }
      try file.seek(toOffset: UInt64(found.lowerBound))
      return try file.read(upToCount: bytes.count) == bytes
    }
    try await store.close(
      member.channel, token: member.token.hash, turn: member.epochs[0].turn.hash)
    // The writer is never without work.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<32 {
        group.addTask {
          while !Task.isCancelled { _ = try await store.append(other.message()) }
        }
      }
      // Second by second: a slice that is under way while the clock leaps counts as long, and is rested from.
      for _ in 0..<600 where try isHeld() {
        moved.moveTicks(seconds: 1)
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try !isHeld())
      #expect(
        try TemporaryStore.knowledge(place.path).contains(where: { $0.entries.isEmpty }))
      group.cancelAll()
    }
  }

  @Test func `a reader who stands in the way of emptying the log is asked once a second`() {
    let moved = MovedSurroundings(day: 20_000)
    let memory = WriterMemory(
      .unhurried, moved.surroundings, isRecovering: false, released: ReleasedFiles())
    #expect(!memory.isLogToBeEmptied(isResting: true))
    memory.noteErasure()
    #expect(memory.isLogToBeEmptied(isResting: true))
    #expect(!memory.isLogToBeEmptied(isResting: false))
    moved.moveTicks(seconds: 60)
    memory.noteErasure()
    memory.beginRound()
    #expect(memory.isLogToBeEmptied(isResting: false))
    memory.noteEmptying(false)
    #expect(!memory.isLogToBeEmptied(isResting: false))
    moved.moveTicks(seconds: 1)
    memory.beginRound()
    #expect(memory.isLogToBeEmptied(isResting: false))
    memory.noteEmptying(true)
    #expect(!memory.isLogToBeEmptied(isResting: true))
  }
}
