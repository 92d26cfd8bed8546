// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

@Suite struct StoreTests {
  @Test func `what was appended is read in order, with the chain that a client computes`()
    async throws
  {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    let member = try Member(place.random)
    #expect(try await store.create(member.new).isNew)
    var chain = ChainHash.founding(member.channel)
    var sent: [Append] = []
    for number in 1...20 {
      let append = member.message(size: number.isMultiple(of: 5) ? 65_536 : 1_024)
      let answer = try await store.append(append)
      chain = chain.adding(
        EntryHash(id: append.id, named: append.named, envelope: append.envelope),
        at: Position(UInt64(number)))
      #expect(answer.at == LogAt(position: Position(UInt64(number)), chain: chain))
      #expect(!answer.isReplay)
      sent.append(append)
    }
    let frames = try await store.read(member)
    #expect(frames.entries.map(\.envelope) == sent.map(\.envelope))
    #expect(frames.last?.body == .caughtUp(LogAt(position: Position(20), chain: chain)))
    #expect(try await store.read(member, after: 18).entries.map(\.position.value) == [19, 20])
  }

  @Test func `a read stops at its limit and says that there is more`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    for _ in 0..<5 { _ = try await store.append(member.message()) }
    let frames = try await store.read(member, maximumBytes: 2_500)
    #expect(frames.entries.count == 2)
    #expect(frames.last?.body == .head(Position(5)))
    // One envelope comes however small the limit is.
    #expect(try await store.read(member, maximumBytes: 0).entries.count == 1)
    await #expect(throws: RelayError.refused(.beyondHead)) {
      try await store.read(member, after: 6)
    }
  }

  @Test func `a channel that was closed is not made again`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let memory = MemoryRelay(random: place.random)
    try memory.create(member.new)
    #expect(try await !store.create(member.new).isNew)
    let turn = member.epochs[0].turn
    try await store.close(member.channel, token: member.token.hash, turn: turn.hash)
    try memory.close(member.channel, token: member.token, turn: turn)
    await #expect(throws: RelayError.refused(.channelExists)) { try await store.create(member.new) }
    #expect(throws: RelayError.refused(.channelExists)) { try memory.create(member.new) }
  }

  @Test func `a turn has the day on which it was taken, also when it is asked for again`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    var store = try place.open(surroundings: moved.surroundings)
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    #expect(try await store.append(member.message()).day == nil)
    let turn = member.turn().append
    let first = try await store.append(turn)
    #expect(first.day == 20_000 && !first.isReplay)
    moved.moveClock(days: 3)
    let again = try await store.append(turn)
    #expect(again.day == 20_000 && again.isReplay)
    store.stop()
    store = try place.open(.existing, surroundings: moved.surroundings)
    defer { store.stop() }
    #expect(try await store.append(turn) == again)
  }

  @Test func `a repeated append has its first result, also after the lock has turned`()
    async throws
  {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    let message = member.message()
    let first = try await store.append(message)
    let (turn, next) = member.turn()
    let turned = try await store.append(turn)
    member.advance(next)
    _ = try await store.append(member.message())

    for (append, answer) in [(message, first), (turn, turned)] {
      let again = try await store.append(append)
      #expect(again.isReplay)
      #expect(again.at == answer.at)
    }
    let changed = Append(
      channel: message.channel, token: message.token, id: message.id,
      envelope: member.message().envelope)
    await #expect(throws: RelayError.refused(.idConflict)) { try await store.append(changed) }
    #expect(try await store.read(member).entries.count == 3)
  }

  @Test func `a retired token reads up to its turn and appends nothing`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    for _ in 0..<3 {
      _ = try await store.append(member.message())
      let (turn, next) = member.turn()
      _ = try await store.append(turn)
      member.advance(next)
    }
    _ = try await store.append(member.message())
    for epoch in 0..<3 {
      let last = UInt64(2 * (epoch + 1))
      let frames = try await store.read(member, epoch: epoch)
      #expect(frames.entries.map(\.position.value) == Array(1...last))
      #expect(frames.last?.body == .turned(last: Position(last)))
      await #expect(throws: RelayError.tokenRetired(last: Position(last))) {
        try await store.append(member.message(epoch: epoch))
      }
      #expect(
        try await store.read(member, epoch: epoch, after: last).map(\.body)
          == [.turned(last: Position(last))])
      await #expect(throws: RelayError.refused(.beyondHead)) {
        try await store.read(member, epoch: epoch, after: last + 1)
      }
    }
    #expect(try await store.read(member).entries.count == 7)
  }

  @Test func `of many turns at once one lands, and the others are told where`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let turns = (0..<16).map { _ in member.turn().append }
    let results = await withTaskGroup(of: Result<Appended, RelayError>.self) { group in
      for turn in turns {
        group.addTask {
          do throws(RelayError) {
            return .success(try await store.append(turn))
          } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.count { if case .success = $0 { true } else { false } } == 1)
    #expect(
      results.count { $0.failure == .tokenRetired(last: Position(1)) } == 15)
  }

  @Test func `a turn may not name a token that was one before`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    member.advance(next)
    for token in member.epochs.map(\.token) {
      let reused = Append(
        channel: member.channel, token: member.token, id: EnvelopeID(random: place.random),
        turn: member.epochs[1].turn,
        named: NamedHashes(token: token, turn: TurnSecret(random: place.random)),
        envelope: [UInt8](repeating: 0, count: 16_384))
      await #expect(throws: RelayError.refused(.tokenReused)) { try await store.append(reused) }
    }
  }

  @Test func `appends from many at once get a position each, and all are there`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    let members = try (0..<4).map { _ in try Member(place.random) }
    for member in members { _ = try await store.create(member.new) }
    let appends = (0..<240).map { members[$0 % 4].message() }
    let answers = await withTaskGroup(of: (EnvelopeID, UInt64).self) { group in
      for append in appends {
        group.addTask {
          let answer = try? await store.append(append)
          return (append.id, answer?.at.position.value ?? 0)
        }
      }
      return await group.reduce(into: [EnvelopeID: UInt64]()) { $0[$1.0] = $1.1 }
    }
    store.stop()

    // Opened anew, so that it is the file that answers.
    let reopened = try place.open(.existing)
    defer { reopened.stop() }
    for member in members {
      let entries = try await reopened.read(member).entries
      #expect(entries.map(\.position.value) == Array(1...60))
      for entry in entries { #expect(answers[entry.id] == entry.position.value) }
    }
  }

  @Test func `creating is idempotent until it is something else`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    var member = try Member(place.random)
    let new = member.new
    #expect(try await store.create(new).isNew)
    #expect(try await store.create(new).isNew == false)
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    member.advance(next)
    #expect(try await store.create(new).isNew == false)
    let other = try Member(place.random)
    for different in [
      NewChannel(id: new.id, kind: .intake, token: new.token, turn: new.turn),
      NewChannel(id: new.id, kind: .relationship, token: other.new.token, turn: new.turn),
      NewChannel(id: new.id, kind: .relationship, token: new.token, turn: other.new.turn),
    ] {
      await #expect(throws: RelayError.refused(.channelExists)) {
        try await store.create(different)
      }
    }
  }

  @Test func `a closed channel is gone for everybody, and closing again is success`()
    async throws
  {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    let marker = [UInt8]("this body must not survive the channel".utf8)
    let body = marker + [UInt8](repeating: 0, count: 1_024 - marker.count)
    _ = try await store.append(
      Append(
        channel: member.channel, token: member.token, id: EnvelopeID(random: place.random),
        envelope: body))
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    member.advance(next)
    let token = member.token.hash
    let secret = next.turn.hash
    await #expect(throws: RelayError.tokenRetired(last: Position(2))) {
      try await store.close(member.channel, token: member.epochs[0].token.hash, turn: secret)
    }
    await #expect(throws: RelayError.refused(.noSuchChannel)) {
      try await store.close(
        member.channel, token: token, turn: member.epochs[0].turn.hash)
    }
    try await store.close(member.channel, token: token, turn: secret)
    try await store.close(member.channel, token: token, turn: secret)
    for epoch in 0...1 {
      await #expect(throws: RelayError.refused(.noSuchChannel)) {
        try await store.read(member, epoch: epoch)
      }
      await #expect(throws: RelayError.refused(.noSuchChannel)) {
        try await store.append(member.message(epoch: epoch))
      }
    }
    store.stop()
    #expect(try place.bytes().firstRange(of: marker) == nil)
  }

  @Test func `an intake takes 8 envelopes and 256 KiB and never turns`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    let small = try Member(place.random)
    let large = try Member(place.random)
    for member in [small, large] { _ = try await store.create(member.new(.intake)) }
    for _ in 0..<8 { _ = try await store.append(small.message()) }
    await #expect(throws: RelayError.refused(.quota)) {
      try await store.append(small.message())
    }
    _ = try await store.append(large.message(size: 262_144))
    await #expect(throws: RelayError.refused(.quota)) {
      try await store.append(large.message())
    }
    await #expect(throws: RelayError.refused(.malformed)) {
      try await store.append(large.turn().append)
    }
  }

  @Test func `who watches is woken after the commit, and only for what changed`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    let watched = try Member(place.random)
    let other = try Member(place.random)
    for member in [watched, other] { _ = try await store.create(member.new) }
    let woken = Mutex<[ChannelID]>([])
    var watch: Watch? = store.watch([watched.channel]) { channel in
      woken.withLock { $0.append(channel) }
    }
    _ = try await store.append(other.message())
    let message = watched.message()
    _ = try await store.append(message)
    _ = try await store.append(message)
    #expect(woken.withLock { $0 } == [watched.channel])
    withExtendedLifetime(watch) {}
    watch = nil
    _ = try await store.append(watched.message())
    #expect(woken.withLock { $0.count } == 1)
  }

  @Test func `cancelling who waits does not cancel the append`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let append = member.message()
    let task = Task { try await store.append(append) }
    task.cancel()
    _ = try await task.value
    #expect(try await store.read(member).entries.map(\.id) == [append.id])
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
