// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// Postage is spent with what it buys, once.
@Suite struct PostageTests {
  @Test func `a channel costs a token, and the same again costs nothing`() async throws {
    let place = try TemporaryStore()
    let store = try place.open(policy: .paid)
    defer { store.stop() }
    let member = try Member(place.random)
    await #expect(throws: RelayError.refused(.postageRequired)) {
      try await store.create(member.new)
    }
    let token = Paid.token(place.random, for: member.new)
    let first = try await store.create(member.new, postage: token)
    #expect(first.isNew && first.payment == .fresh)
    // A retry, whatever is shown with it.
    for (spending, payment) in [
      (token, Judgement.Payment.again), (nil, nil),
      (Paid.token(place.random, for: member.new), nil),
    ] {
      let again = try await store.create(member.new, postage: spending)
      #expect(!again.isNew && again.payment == payment && again.lastDay == first.lastDay)
    }
    // The token of a retry was not touched.
    let unspent = Paid.token(place.random, for: member.new)
    _ = try await store.create(member.new, postage: unspent)
    let second = try Member(place.random)
    #expect(
      try await store.create(second.new, postage: Paid.again(unspent, for: second.new)).payment
        == .fresh)
    // Spent for one thing, it buys no other.
    for spent in [token, unspent] {
      let third = try Member(place.random)
      await #expect(throws: RelayError.refused(.postageSpent)) {
        try await store.create(third.new, postage: Paid.again(spent, for: third.new))
      }
      await #expect(throws: RelayError.refused(.noSuchChannel)) { try await store.read(third) }
    }
  }

  @Test func `what cannot be made is not paid for`() async throws {
    let place = try TemporaryStore()
    let store = try place.open(policy: .paid)
    let member = try Member(place.random)
    _ = try await store.create(member.new, postage: Paid.token(place.random, for: member.new))
    let token = Paid.token(place.random, for: member.new(.intake))
    await #expect(throws: RelayError.refused(.channelExists)) {
      try await store.create(member.new(.intake), postage: token)
    }
    let other = try Member(place.random)
    #expect(
      try await store.create(other.new, postage: Paid.again(token, for: other.new)).payment
        == .fresh)
    store.stop()
    // What was spent stays spent, also for a relay that was ended.
    let again = try place.open(.existing, policy: .paid)
    defer { again.stop() }
    let third = try Member(place.random)
    await #expect(throws: RelayError.refused(.postageSpent)) {
      try await again.create(third.new, postage: Paid.again(token, for: third.new))
    }
  }

  @Test func `one token that many spend at once buys one thing`() async throws {
    let place = try TemporaryStore()
    let store = try place.open(policy: .paid)
    defer { store.stop() }
    for _ in 0..<5 {
      let members = try (0..<60).map { _ in try Member(place.random) }
      let token = Paid.token(place.random, for: members[0].new)
      let made = await withTaskGroup(of: (Int, Bool, RelayError?).self) { tasks in
        // Each channel is asked for twice, as by a client who was not sure.
        for (index, member) in (members + members).enumerated() {
          tasks.addTask {
            do throws(RelayError) {
              let made = try await store.create(
                member.new, postage: Paid.again(token, for: member.new))
              return (index % 60, made.isNew, nil)
            } catch {
              return (index % 60, false, error)
            }
          }
        }
        return await tasks.reduce(into: []) { $0.append($1) }
      }
      let winners = made.filter(\.1).map(\.0)
      #expect(winners.count == 1)
      let winner = try #require(winners.first)
      for (index, _, error) in made {
        #expect(error == (index == winner ? nil : .refused(.postageSpent)))
      }
    }
  }

  @Test func `more time costs a token, for members alone and once per token`() async throws {
    let place = try TemporaryStore()
    let around = MovedSurroundings(day: 20_000)
    let store = try place.open(policy: .paid, surroundings: around.surroundings)
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new, postage: Paid.token(place.random, for: member.new))
    let token = Paid.token(place.random, extending: member.channel)
    let hash = member.token.hash
    let extend = { (token: TokenHash, spending: PostageSpending?) async throws(RelayError) in
      try await store.extend(member.channel, token: token, postage: spending)
    }
    let wrong = AccessToken(random: place.random).hash
    await #expect(throws: RelayError.refused(.noSuchChannel)) { try await extend(wrong, token) }
    await #expect(throws: RelayError.refused(.postageRequired)) { try await extend(hash, nil) }
    around.moveClock(days: 2)
    let first = try await extend(hash, token)
    #expect(first.lastDay == 20_002 + 730 && first.payment == .fresh)
    // The same token gives the same days, however late it is shown again.
    around.moveClock(days: 100)
    let again = try await extend(hash, token)
    #expect(!again.isNew && again.lastDay == first.lastDay && again.payment == .again)
    around.setFree(0)
    around.moveTicks(seconds: 2)
    #expect(try await extend(hash, token) == again)
    around.setFree(1 << 40)
    around.moveTicks(seconds: 2)
    let more = try await extend(hash, Paid.token(place.random, extending: member.channel))
    #expect(more.lastDay == 20_102 + 730 && more.payment == .fresh)
    #expect(try await extend(hash, token).lastDay == more.lastDay)
    let other = try Member(place.random)
    await #expect(throws: RelayError.refused(.postageSpent)) {
      try await store.create(other.new, postage: Paid.again(token, for: other.new))
    }
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    member.advance(next)
    await #expect(throws: RelayError.tokenRetired(last: Position(1))) {
      try await extend(hash, Paid.token(place.random, extending: member.channel))
    }
    let intake = try Member(place.random)
    _ = try await store.create(
      intake.new(.intake), postage: Paid.token(place.random, for: intake.new(.intake)))
    await #expect(throws: RelayError.refused(.malformed)) {
      try await store.extend(
        intake.channel, token: intake.token.hash,
        postage: Paid.token(place.random, extending: intake.channel))
    }
  }

  @Test func `the token of a channel that was forgotten makes it no second time`() async throws {
    let place = try TemporaryStore()
    var store = try place.open(policy: .paid)
    let member = try Member(place.random)
    let token = Paid.token(place.random, for: member.new)
    _ = try await store.create(member.new, postage: token)
    store.stop()
    // As housekeeping leaves it after the channel's last day and thirty more.
    let queue = try DatabaseQueue(path: place.path)
    try await queue.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM channel") }
    try queue.close()
    store = try place.open(.existing, policy: .paid)
    defer { store.stop() }
    await #expect(throws: RelayError.refused(.postageSpent)) {
      try await store.create(member.new, postage: token)
    }
    #expect(
      try await store.create(member.new, postage: Paid.token(place.random, for: member.new)).isNew)
  }

  @Test func `where nothing is to be paid, nothing is spent`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    let member = try Member(place.random)
    let token = Paid.token(place.random, for: member.new)
    #expect(try await store.create(member.new, postage: token).payment == .free)
    #expect(
      try await store.extend(member.channel, token: member.token.hash, postage: nil).payment
        == .free)
    store.stop()
    let paid = try place.open(.existing, policy: .paid)
    defer { paid.stop() }
    let other = try Member(place.random)
    #expect(
      try await paid.create(other.new, postage: Paid.again(token, for: other.new)).payment
        == .fresh)
  }

  // MARK: The judgement

  static let creations:
    [(Judgement.Namesake, Judgement.Payment, low: Bool, Judgement.PaidVerdict)] = [
      (.none, .free, false, .grant), (.none, .fresh, false, .grant),
      (.none, .again, false, .refuse(.refused(.postageSpent))),
      (.same, .again, true, .grantedBefore),
      (.none, .missing, false, .refuse(.refused(.postageRequired))),
      (.none, .spent, false, .refuse(.refused(.postageSpent))),
      (.none, .free, true, .refuse(.refused(.storeFull))),
      (.none, .fresh, true, .refuse(.refused(.storeFull))),
      (.none, .missing, true, .refuse(.refused(.postageRequired))),
      (.same, .missing, false, .grantedBefore), (.same, .spent, true, .grantedBefore),
      (.same, .fresh, true, .grantedBefore),
      (.other, .fresh, false, .refuse(.refused(.channelExists))),
      (.other, .missing, true, .refuse(.refused(.channelExists))),
    ]

  @Test(arguments: creations.indices)
  func `each way to ask for a channel has its outcome`(_ index: Int) {
    let (namesake, payment, low, verdict) = Self.creations[index]
    #expect(Judgement.judge(create: namesake, payment, isDiskLow: low) == verdict)
  }

  static let extensions: [(Access, Judgement.Payment, low: Bool, Judgement.PaidVerdict)] = [
    (.current, .free, false, .grant), (.current, .fresh, false, .grant),
    (.current, .again, false, .grantedBefore), (.current, .again, true, .grantedBefore),
    (.current, .missing, true, .refuse(.refused(.postageRequired))),
    (.current, .spent, true, .refuse(.refused(.postageSpent))),
    (.current, .free, true, .refuse(.refused(.storeFull))),
    (.current, .fresh, true, .refuse(.refused(.storeFull))),
    (.none, .fresh, false, .refuse(.refused(.noSuchChannel))),
    (.none, .again, false, .refuse(.refused(.noSuchChannel))),
    (.retired(last: Position(4)), .fresh, false, .refuse(.tokenRetired(last: Position(4)))),
    (.retired(last: Position(4)), .again, false, .refuse(.tokenRetired(last: Position(4)))),
  ]

  @Test(arguments: extensions.indices)
  func `each way to ask for more time has its outcome`(_ index: Int) throws {
    let (access, payment, low, verdict) = Self.extensions[index]
    let member = try Member(SeededRandom(seed: 1))
    var channel = ChannelRow(member.new)
    func judge(_ channel: ChannelRow?) -> Judgement.PaidVerdict {
      Judgement.judge(extend: channel, access: access, payment, isDiskLow: low)
    }
    #expect(judge(channel) == verdict)
    // What is no more is nobody's, and an intake ends when it was to end.
    #expect(judge(nil) == .refuse(.refused(.noSuchChannel)))
    let intake = judge(ChannelRow(member.new(.intake)))
    #expect(intake == (access == .current ? .refuse(.refused(.malformed)) : verdict))
    channel.isClosed = true
    #expect(judge(channel) == .refuse(.refused(.noSuchChannel)))
  }
}

/// Tokens as a store sees them: their signatures have been looked at before.
enum Paid {
  static let key = PostageKeyID(checked: [UInt8](repeating: 3, count: 32))

  static func token(_ random: SeededRandom, for new: NewChannel) -> PostageSpending {
    PostageSpending(
      key: key, nonce: PostageNonce(checked: random.bytes(32)), purpose: .creating(new))
  }

  static func token(_ random: SeededRandom, extending channel: ChannelID) -> PostageSpending {
    PostageSpending(
      key: key, nonce: PostageNonce(checked: random.bytes(32)), purpose: .extending(channel))
  }

  /// The same token, for something else.
  static func again(_ spending: PostageSpending, for new: NewChannel) -> PostageSpending {
    PostageSpending(key: spending.key, nonce: spending.nonce, purpose: .creating(new))
  }
}

extension StorePolicy {
  static let paid = StorePolicy(
    appendsPerSecond: 1_000_000, appendBurst: 1_000_000, requiresPostage: true)
}
