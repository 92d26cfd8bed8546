// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Testing

@testable import Relay

/// What is done for a follower next, whatever has happened.
@Suite struct FollowPlacesTests {
  private let members: [TestMember]
  private var places: FollowPlaces

  init() throws {
    members = try (1...3).map { try TestMember(seed: $0) }
    places = FollowPlaces(Follow(members.map { $0.subscription() }))
  }

  /// The next step in words; it is finished at once.
  private mutating func step() -> String {
    defer { places.finish() }
    return switch places.next() {
    case .read(let index, _): "read \(index)"
    case .tell(let frames): "tell \(frames.map { Int($0.subscription) })"
    case .heartbeat: "heartbeat"
    case .age(let isDamaged): isDamaged ? "age, damaged" : "age"
    case .drain: "drain"
    case nil: "rest"
    }
  }

  private mutating func steps(_ count: Int) -> [String] { (0..<count).map { _ in step() } }

  private var start: LogAt {
    LogAt(position: Position(0), chain: .founding(members[1].channel))
  }

  @Test mutating func `all that is followed is read at first, and then what was woken`() {
    #expect(steps(4) == ["read 0", "read 1", "read 2", "rest"])
    places.wake(members[2].channel)
    places.wake(members[0].channel)
    places.wake(members[2].channel)
    #expect(steps(3) == ["read 0", "read 2", "rest"])
  }

  @Test mutating func `there is one step at a time, and what comes meanwhile is not lost`() {
    _ = steps(4)
    places.wake(members[1].channel)
    #expect(places.next() != nil)
    places.wake(members[1].channel)
    #expect(places.isBusy)
    #expect(places.next() == nil)
    places.finish()
    #expect(steps(2) == ["read 1", "rest"])
  }

  @Test mutating func `a heartbeat is sent after silence alone`() {
    _ = steps(4)
    places.beSilent()
    #expect(steps(2) == ["heartbeat", "rest"])
    places.beSilent()
    places.wake(members[0].channel)
    #expect(steps(3) == ["read 0", "heartbeat", "rest"])
  }

  @Test mutating func `what is cut off is read on before anything else`() {
    #expect(step() == "read 0")
    #expect(places.take([Frame(.head(Position(3)))], at: 0, pushBytes: 100).isEmpty)
    #expect(steps(4) == ["read 0", "read 1", "read 2", "rest"])
  }

  /// A page ends with what is too large to push. That the token was retired stands behind it.
  @Test mutating func `what is announced is read on, and announced once`() {
    #expect(step() == "read 0")
    let large = EnvelopeEntry(
      position: Position(2), id: EnvelopeID(checked: [UInt8](repeating: 1, count: 16)),
      named: .none, chain: ChainHash(checked: [UInt8](repeating: 2, count: 32)),
      envelope: [UInt8](repeating: 0, count: 101))
    let page = [Frame(.envelope(large)), Frame(.head(Position(3)))]
    #expect(places.take(page, at: 0, pushBytes: 100) == [Frame(.head(Position(3)))])
    #expect(step() == "read 0")
    let end = LogAt(position: Position(3), chain: .founding(members[0].channel))
    #expect(places.take([Frame(.caughtUp(end))], at: 0, pushBytes: 100).isEmpty)
    #expect(steps(3) == ["read 1", "read 2", "rest"])
  }

  @Test mutating func `caught up is said once`() {
    #expect(places.take([Frame(.caughtUp(start))], at: 1, pushBytes: 100).count == 1)
    #expect(places.take([Frame(.caughtUp(start))], at: 1, pushBytes: 100).isEmpty)
  }

  @Test(arguments: [RefusalCode.noSuchChannel, .damaged])
  mutating func `what is refused is over, and with the last the stream is`(_ last: RefusalCode) {
    _ = steps(4)
    #expect(places.refuse(0, .limited) == [Frame(subscription: 0, .refused(.limited))])
    _ = places.take([Frame(.turned(last: Position(0)))], at: 1, pushBytes: 100)
    for index in [0, 1] { places.wake(members[index].channel) }
    #expect(step() == "rest")
    _ = places.refuse(2, last)
    #expect(step() == (last == .damaged ? "age, damaged" : "age"))
  }

  @Test mutating func `a refusal goes with what is told next, or when nothing is left to be read`()
  {
    let refused = Frame(subscription: 0, .refused(.noSuchChannel))
    let news = Frame(subscription: 1, .head(Position(3)))
    #expect(step() == "read 0")
    #expect(places.release([refused]).isEmpty)
    #expect(step() == "read 1")
    #expect(places.release([]).isEmpty)
    #expect(places.release([news]) == [refused, news])
    #expect(places.release([refused]).isEmpty)
    #expect(steps(3) == ["read 2", "tell [0]", "rest"])
  }

  @Test(arguments: [true, false])
  mutating func `a follow says what it refused before it rests or ends`(isLast: Bool) {
    #expect(step() == "read 0")
    if !isLast { places.know(0) }
    // Those that were still to be read are over now, and nothing comes of them that could take it along.
    #expect(places.release(places.refuseUnknown()).isEmpty)
    #expect(
      steps(2) == (isLast ? ["tell [0, 1, 2]", "age"] : ["tell [1, 2]", "rest"]))
  }

  @Test func `no more than 64 refusals wait`() throws {
    let many = try (0..<200).map { try TestMember(seed: 100 + $0).subscription() }
    var places = FollowPlaces(Follow(many))
    var sent: [Int] = []
    for index in many.indices {
      _ = places.next()
      let frames = places.release(places.refuse(index, .noSuchChannel))
      if !frames.isEmpty { sent.append(frames.count) }
      places.finish()
    }
    #expect(sent == [64, 64, 64])
    guard case .tell(let rest) = places.next() else { throw RawError.noAnswer }
    #expect(rest.count == 8)
  }

  @Test mutating func `who guesses too much is refused all tokens that are not known`() {
    _ = steps(4)
    places.know(1)
    let refused = places.refuseUnknown()
    #expect(refused == [0, 2].map { Frame(subscription: $0, .refused(.limited)) })
    for member in members { places.wake(member.channel) }
    #expect(steps(2) == ["read 1", "rest"])
  }

  @Test mutating func `a drain comes first`() {
    places.wake(members[0].channel)
    places.drain()
    #expect(step() == "drain")
  }
}
