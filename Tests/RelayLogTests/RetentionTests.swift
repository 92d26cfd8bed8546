// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol
import Synchronization
import Testing

@testable import RelayLog

/// What goes when its days are past, what stays, and what a clock must not do.
@Suite struct RetentionTests {
  @Test
  func `what was kept without an end goes when days to keep are set and the clock is confirmed`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    var store = try place.open(surroundings: moved.surroundings)
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    _ = try await store.append(member.message())
    for _ in 0..<20 { try await place.beginDay(store, moved) }
    _ = try await store.append(member.message())
    #expect(try await store.read(member).entries.count == 2)
    store.stop()
    let observer = CountingObserver()
    func open() throws -> SQLiteRelayStore {
      try place.open(
        .existing, policy: StorePolicy(retentionDays: 5), surroundings: moved.surroundings,
        observer: observer)
    }
    // By itself a day goes with a day, and the rest is told of.
    store = try open()
    try await place.beginDay(store, moved)
    #expect(try await place.wait(store, moved) { observer.counts.lag == 15 })
    store.stop()
    func lag() throws -> Int64 {
      try SQLiteRelayStore.retentionLag(path: place.path, day: 20_021, keeping: 5)
    }
    #expect(try lag() == 15)
    #expect(
      try SQLiteRelayStore.confirmClock(path: place.path, day: 20_021, retentionDays: 5))
    #expect(try lag() == 0)
    store = try open()
    defer { store.stop() }
    #expect(try await place.wait(store, moved) { try await store.read(member).entries.count == 1 })
  }

  @Test func `bodies of messages go, turns stay, and the chain can be told from both`() async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let policy = StorePolicy(
      appendsPerSecond: 1_000_000, appendBurst: 1_000_000, retentionDays: 2)
    let observer = CountingObserver()
    let store = try place.open(
      policy: policy, surroundings: moved.surroundings, observer: observer)
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    var sent: [Append] = []
    for _ in 0..<150 { sent.append(member.message()) }
    let (turn, next) = member.turn()
    sent.append(turn)
    member.advance(next)
    for _ in 0..<150 { sent.append(member.message()) }
    for append in sent { _ = try await store.append(append) }
    for _ in 0..<4 {
      try await place.beginDay(store, moved)
      _ = try await store.append(member.message())
    }
    let done = try await place.wait(store, moved) {
      try await store.read(member).entries.count <= 4
    }
    #expect(done)
    // The messages that went, one by one; the round of the last day is done.
    #expect(try await place.wait(store, moved) { observer.counts.rows == 301 })
    let caughtUp = try await place.wait(store, moved) { observer.counts.lag == 0 }
    #expect(caughtUp && observer.counts.longestLag > 0)
    let frames = try await store.read(member)
    var chain = ChainHash.founding(member.channel)
    var position: UInt64 = 0
    var bodies: [UInt64] = []
    for frame in frames {
      switch frame.body {
      case .gap(let first, let entries):
        #expect(first.value == position + 1)
        for entry in entries {
          position += 1
          chain = chain.adding(entry, at: Position(position))
        }
      case .envelope(let entry):
        position += 1
        bodies.append(position)
        chain = chain.adding(
          EntryHash(id: entry.id, named: entry.named, envelope: entry.envelope),
          at: entry.position)
        #expect(entry.chain == chain)
      case .caughtUp(let head):
        #expect(head == LogAt(position: Position(position), chain: chain))
      default: Issue.record("\(frame)")
      }
    }
    // The turn, and the messages of the last days.
    #expect(bodies.first == 151 && bodies.count <= 4 && bodies.last == 305)
    // What went counts no longer; what one may look at is what lies there.
    let held = try #require(try TemporaryStore.knowledge(place.path).max { $0.bytes < $1.bytes })
    let size = turn.envelope.count + 3 * member.message().envelope.count
    let all = try SQLiteRelayStore.summary(path: place.path)
    #expect(held.bytes > 0 && held.bytes <= Int64(size) && all.bytes == held.bytes)
    // A retry still has its first answer, and the same id with other bytes still none.
    #expect(try await store.append(sent[3]).at.position == Position(4))
    store.stop()
    #expect(try SQLiteRelayStore.findings(path: place.path) == [])
  }

  @Test func `what lies on an intake stays as long as the intake`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let policy = StorePolicy(
      appendsPerSecond: 1_000_000, appendBurst: 1_000_000, retentionDays: 2)
    let store = try place.open(policy: policy, surroundings: moved.surroundings)
    let (member, intake) = (try Member(place.random), try Member(place.random))
    _ = try await store.create(member.new)
    _ = try await store.create(intake.new(.intake))
    for who in [member, intake, member] { _ = try await store.append(who.message()) }
    for _ in 0..<4 { try await place.beginDay(store, moved) }
    let done = try await place.wait(store, moved) { try await store.read(member).entries.isEmpty }
    #expect(done)
    #expect(try await store.read(intake).entries.count == 1)
    store.stop()
    #expect(try SQLiteRelayStore.findings(path: place.path) == [])
  }

  @Test func `a jump of ten years deletes nothing, and says so`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let policy = StorePolicy(retentionDays: 2)
    let observer = CountingObserver()
    var store = try place.open(
      policy: policy, surroundings: moved.surroundings, observer: observer)
    let member = try Member(place.random)
    let intake = try Member(place.random)
    _ = try await store.create(member.new)
    _ = try await store.create(intake.new(.intake))
    for _ in 0..<5 { _ = try await store.append(member.message()) }
    moved.moveClock(days: 3_650)
    let noticed = try await place.wait(store, moved) { !store.isClockTrusted }
    #expect(noticed)
    // Whoever looks at the numbers sees how far away the clock is.
    #expect(try await place.wait(store, moved) { observer.counts.lag > 3_600 })
    #expect(observer.counts.rows == 0)
    try await place.keepHouse(store, moved)
    #expect(try await store.read(member).entries.count == 5)
    #expect(try await store.read(intake).entries.isEmpty)
    store.stop()

    // It is still noticed after a restart.
    store = try place.open(.existing, policy: policy, surroundings: moved.surroundings)
    let again = try await place.wait(store, moved) { !store.isClockTrusted }
    #expect(again)
    #expect(throws: RelayStoreError.inUse) {
      _ = try SQLiteRelayStore.confirmClock(
        path: place.path, day: 23_650, retentionDays: 2)
    }
    store.stop()
    #expect(
      try SQLiteRelayStore.confirmClock(path: place.path, day: 23_650, retentionDays: 2))
    store = try place.open(.existing, policy: policy, surroundings: moved.surroundings)
    defer { store.stop() }
    let gone = try await place.wait(store, moved) {
      do { return try await store.read(member).entries.isEmpty } catch { return true }
    }
    #expect(gone && store.isClockTrusted)
  }

  @Test func `what comes while the clock is years behind is kept once it is right`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(
      policy: StorePolicy(retentionDays: 2), surroundings: moved.surroundings)
    defer { store.stop() }
    let (member, intake) = (try Member(place.random), try Member(place.random))
    _ = try await store.create(member.new)
    moved.moveClock(days: -1_000)
    #expect(try await place.wait(store, moved) { !store.isClockTrusted })
    _ = try await store.append(member.message())
    let (turn, next) = member.turn()
    #expect(try await store.append(turn).day == 20_000)
    _ = try await store.create(intake.new(.intake))
    _ = try await store.append(intake.message())
    moved.moveClock(days: 1_000)
    // On the day on which it was lost already.
    #expect(try await place.wait(store, moved) { store.isClockTrusted })
    try await place.beginDay(store, moved)
    try await place.keepHouse(store, moved)
    var now = member
    now.advance(next)
    #expect(try await store.read(now).entries.count == 2)
    #expect(try await store.read(intake).entries.count == 1)
  }

  @Test func `what comes while the clock is years ahead goes in its time once it is right`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let observer = CountingObserver()
    let store = try place.open(
      policy: StorePolicy(
        appendsPerSecond: 1_000_000, appendBurst: 1_000_000, retentionDays: 2),
      surroundings: moved.surroundings, observer: observer)
    defer { store.stop() }
    var member = try Member(place.random)
    let intake = try Member(place.random)
    _ = try await store.create(member.new)
    _ = try await store.append(member.message())
    moved.moveClock(days: 3_650)
    #expect(try await place.wait(store, moved) { !store.isClockTrusted })
    for _ in 0..<200 { _ = try await store.append(member.message()) }
    let (turn, next) = member.turn()
    let receipt = try await store.append(turn)
    #expect(receipt.day == 23_650)
    member.advance(next)
    _ = try await store.create(intake.new(.intake))
    _ = try await store.blob(BlobID(random: place.random), [member.part(1)], member)
    moved.moveClock(days: -3_650)
    #expect(try await place.wait(store, moved) { store.isClockTrusted })
    _ = try await store.append(member.message())
    func days(_ column: String) throws -> [Int64] {
      let reader = try SQLiteRelayStore.openReader(place.path)
      defer { try? reader.close() }
      return try reader.read { try Int64.fetchAll($0, sql: "SELECT DISTINCT \(column)") }
    }
    #expect(
      try await place.wait(store, moved) {
        try days("day FROM body WHERE spine = 0") == [20_000]
      })
    #expect(
      try await place.wait(store, moved) {
        try days("expires FROM channel ORDER BY class") == [20_014, 20_730]
      })
    #expect(try await place.wait(store, moved) { try days("day FROM blob") == [20_000] })
    // What was signed stays what it was.
    let again = try await store.append(turn)
    #expect(again.isReplay && again.day == receipt.day)
    for _ in 0..<3 { try await place.beginDay(store, moved) }
    #expect(
      try await place.wait(store, moved) { try days("pos FROM body WHERE spine = 0") == [] })
    #expect(try await place.wait(store, moved) { observer.counts.lag == 0 })
    #expect(try await place.wait(store, moved) { try days("day FROM blob WHERE gone = 0") == [] })
  }

  @Test func `a clock that was ahead for days is right by the operator's word, and keeps nothing`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let policy = StorePolicy(retentionDays: 2)
    var store = try place.open(policy: policy, surroundings: moved.surroundings)
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    for days in [3_650, -3_645, 3] as [Int64] {
      moved.moveClock(days: days)
      #expect(try await place.wait(store, moved) { !store.isClockTrusted })
      _ = try await store.append(member.message())
    }
    store.stop()
    #expect(
      try SQLiteRelayStore.confirmClock(path: place.path, day: 20_008, retentionDays: 2))
    store = try place.open(.existing, policy: policy, surroundings: moved.surroundings)
    defer { store.stop() }
    for _ in 0..<3 { try await place.beginDay(store, moved) }
    #expect(try await place.wait(store, moved) { try await store.read(member).entries.isEmpty })
  }

  @Test(arguments: [nil, 2])
  func `a relay that was made while the clock ran ahead keeps what it takes when it is right`(
    _ retentionDays: Int?
  ) async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 30_000)
    let policy = StorePolicy(retentionDays: retentionDays)
    try place.open(policy: policy, surroundings: moved.surroundings).stop()
    moved.moveClock(days: -10_000)
    #expect(
      try SQLiteRelayStore.confirmClock(
        path: place.path, day: 20_000, retentionDays: retentionDays, isBack: true))
    let store = try place.open(.existing, policy: policy, surroundings: moved.surroundings)
    defer { store.stop() }
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    _ = try await store.append(member.message())
    for _ in 0..<2 { try await place.beginDay(store, moved) }
    try await place.keepHouse(store, moved)
    #expect(try await store.read(member).entries.count == 1)
  }

  @Test func `a backup that is restored with a clock behind it loses nothing`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let policy = StorePolicy(retentionDays: 30)
    let first = try place.open(policy: policy, surroundings: moved.surroundings)
    let member = try Member(place.random)
    _ = try await first.create(member.new)
    _ = try await first.append(member.message())
    first.stop()
    let copy = place.path + ".copy"
    try SQLiteRelayStore.backUp(path: place.path, to: copy)
    let restored = try TemporaryStore()
    try SQLiteRelayStore.restore(from: copy, to: restored.path, day: 19_900)
    moved.moveClock(days: -100)
    let behind = try restored.open(.existing, policy: policy, surroundings: moved.surroundings)
    moved.moveTicks(seconds: 16 * 60)
    #expect(try await restored.wait(behind, moved) { !behind.isClockTrusted })
    behind.stop()
    // Nor by a mistake of the operator.
    #expect(
      try !SQLiteRelayStore.confirmClock(path: restored.path, day: 19_900, retentionDays: 30))
    #expect(
      try SQLiteRelayStore.confirmClock(path: restored.path, day: 20_000, retentionDays: 30))
    moved.moveClock(days: 100)
    let store = try restored.open(.existing, policy: policy, surroundings: moved.surroundings)
    defer { store.stop() }
    moved.moveTicks(seconds: 16 * 60)
    for _ in 0..<3 { try await restored.beginDay(store, moved) }
    #expect(try await store.read(member).entries.count == 1)
  }

  @Test func `a channel past its days opens to nobody, and is forgotten in the end`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(surroundings: moved.surroundings)
    defer { store.stop() }
    let intake = try Member(place.random)
    _ = try await store.create(intake.new(.intake))
    _ = try await store.append(intake.message())
    func isThere() async -> Bool {
      do {
        _ = try await store.read(intake)
        return true
      } catch {
        #expect(error == .refused(.noSuchChannel))
        return false
      }
    }
    for _ in 0..<14 { try await place.beginDay(store, moved) }
    #expect(await isThere())
    let woken = Mutex(false)
    let watch = store.watch([intake.channel]) { _ in woken.withLock { $0 = true } }
    defer { _ = watch }
    try await place.beginDay(store, moved)
    #expect(try await place.wait(store, moved) { await !isThere() })
    // Who follows it is told.
    #expect(try await place.wait(store, moved) { woken.withLock { $0 } })
    for _ in 0..<31 { try await place.beginDay(store, moved) }
    let forgotten = try await place.wait(store, moved) {
      try !TemporaryStore.knowledge(place.path).contains {
        $0.channel == Base64URL.encode(intake.channel.bytes)
      }
    }
    #expect(forgotten)
  }

  @Test func `a long channel is closed at once and emptied little by little`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(surroundings: moved.surroundings)
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    for _ in 0..<1_200 { _ = try await store.append(member.message()) }
    let turn = member.epochs[0].turn.hash
    // Then it rests until this test lets time go on.
    moved.stopTicks()
    try await store.close(member.channel, token: member.token.hash, turn: turn)
    await #expect(throws: RelayError.refused(.noSuchChannel)) { try await store.read(member) }
    try await store.close(member.channel, token: member.token.hash, turn: turn)
    func left() throws -> Int {
      try TemporaryStore.knowledge(place.path).reduce(0) { $0 + $1.entries.count }
    }
    #expect(try left() > 0)
    // Half of it by this process, the rest by the next one.
    let half = try await place.wait(store, moved) { try left() < 900 }
    #expect(half)
    store.stop()
    let next = try place.open(.existing, surroundings: moved.surroundings)
    let empty = try await place.wait(next, moved) { try left() == 0 }
    #expect(empty)
    next.stop()
    #expect(try SQLiteRelayStore.findings(path: place.path) == [])
  }
}
