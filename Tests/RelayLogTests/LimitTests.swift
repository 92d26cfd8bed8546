// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// What a channel may append, and when.
@Suite struct LimitTests {
  @Test func `a channel makes its burst, and then so many a second`() {
    var rates = AppendRates(StorePolicy(appendsPerSecond: 20, appendBurst: 60))
    func taken(_ now: Int64, _ rates: inout AppendRates) -> Int {
      var count = 0
      while !rates.isOver(1, now: now), count < 1_000 {
        rates.take(1, turns: false, now: now)
        count += 1
      }
      return count
    }
    #expect(taken(0, &rates) == 60)
    #expect(!rates.isOver(2, now: 0))
    #expect(taken(1_000, &rates) == 20)
    #expect(taken(1_500, &rates) == 10)
    #expect(taken(1_000_000, &rates) == 60)
  }

  @Test func `a turn is remembered for a minute`() {
    var rates = AppendRates(StorePolicy())
    #expect(!rates.hasTurnedLately(1, now: 0))
    rates.take(1, turns: true, now: 0)
    rates.take(1, turns: false, now: 30_000)
    #expect(rates.hasTurnedLately(1, now: 59_999))
    #expect(!rates.hasTurnedLately(1, now: 60_000))
  }

  @Test func `channels at rest take no memory`() {
    var rates = AppendRates(StorePolicy())
    for channel in 0..<Int64(20_000) { rates.take(channel, turns: false, now: channel * 10) }
    #expect(rates.count < 9_000)
  }

  @Test func `a store refuses who is too fast, and takes a turn all the same`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(policy: StorePolicy(), surroundings: moved.surroundings)
    defer { store.stop() }
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    var refused = 0
    for _ in 0..<70 {
      do { _ = try await store.append(member.message()) } catch {
        #expect(error == .refused(.limited))
        refused += 1
      }
    }
    // The clock of the test moves by a millisecond with each look.
    #expect((1...10).contains(refused))
    var turned = member
    let (append, next) = member.turn()
    _ = try await store.append(append)
    turned.advance(next)
    await #expect(throws: RelayError.refused(.limited)) {
      _ = try await store.append(turned.message())
    }
    moved.moveTicks(seconds: 1)
    _ = try await store.append(turned.message())
  }

  @Test func `what comes to nothing new is limited too, and keeps nothing new out`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(policy: StorePolicy(), surroundings: moved.surroundings)
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    let first = member.message()
    _ = try await store.append(first)
    func repeated(_ append: Append) async -> (answered: Int, limited: Int) {
      var found = (answered: 0, limited: 0)
      for _ in 0..<75 {
        do throws(RelayError) {
          #expect(try await store.append(append).isReplay)
          found.answered += 1
        } catch {
          if error == .refused(.limited) { found.limited += 1 } else { found.answered += 1 }
        }
      }
      return found
    }
    // The clock of the test moves by a millisecond with each look.
    let again = await repeated(first)
    #expect((60...70).contains(again.answered) && again.answered + again.limited == 75)
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    member.advance(next)
    // Those who were removed use up what is theirs, not what the members have.
    moved.moveTicks(seconds: 10)
    let old = member.message(epoch: 0)
    #expect(await repeated(old).limited >= 5)
    let new = member.message()
    _ = try await store.append(new)
    #expect(try await store.append(new).isReplay)
    // A stranger is told what strangers are told.
    let stranger = try Member(place.random)
    await #expect(throws: RelayError.refused(.noSuchChannel)) {
      _ = try await store.append(
        Append(
          channel: member.channel, token: stranger.token, id: new.id, envelope: new.envelope))
    }
  }

  @Test func `those who show one token have a share of the writer's queue`() {
    let queue = WriterQueue()
    func add(_ byte: UInt8?) -> Bool {
      queue.add(
        WriterJob(
          perform: { _, _ in WriterJob.Outcome(result: .success(nil)) },
          token: byte.map { TokenHash(checked: [UInt8](repeating: $0, count: 32)) }, cost: 1,
          answer: { _ in }))
    }
    for _ in 0..<WriterQueue.capacityPerToken { #expect(add(1)) }
    #expect(!add(1) && add(2) && add(nil))
    #expect(queue.next()?.count == 66)
    #expect(add(1))
    for _ in 1..<WriterQueue.capacity { #expect(add(nil)) }
    #expect(!add(2) && !add(nil))
  }

  @Test func `with an almost full disk nothing is taken, and all the rest goes on`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(policy: StorePolicy(), surroundings: moved.surroundings)
    defer { store.stop() }
    let member = try Member(place.random)
    let other = try Member(place.random)
    _ = try await store.create(member.new)
    let first = member.message()
    _ = try await store.append(first)
    moved.setFree(255 << 20)
    moved.moveTicks(seconds: 2)
    await #expect(throws: RelayError.refused(.storeFull)) {
      _ = try await store.append(member.message())
    }
    await #expect(throws: RelayError.refused(.storeFull)) {
      _ = try await store.append(member.turn().append)
    }
    await #expect(throws: RelayError.refused(.storeFull)) {
      _ = try await store.create(other.new)
    }
    #expect(try await store.append(first).isReplay)
    #expect(try await !store.create(member.new).isNew)
    #expect(try await store.read(member).entries.count == 1)
    try await store.close(
      member.channel, token: member.token.hash, turn: member.epochs[0].turn.hash)
    moved.setFree(1 << 40)
    moved.moveTicks(seconds: 2)
    #expect(try await store.create(other.new).isNew)
  }

  @Test func `an intake ends two weeks after it was made, a relationship after its silence`()
    async throws
  {
    let place = try TemporaryStore()
    let store = try place.open(surroundings: MovedSurroundings(day: 20_000).surroundings)
    defer { store.stop() }
    let intake = try Member(place.random)
    let relationship = try Member(place.random)
    #expect(try await store.create(intake.new(.intake)).lastDay == 20_014)
    #expect(try await store.create(intake.new(.intake)).lastDay == 20_014)
    #expect(try await store.create(relationship.new).lastDay == 20_730)
  }
}
