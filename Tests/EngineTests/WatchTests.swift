// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import EnvelopeStore
import MLS
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

@Suite struct WatchTests {
  @Test func `an answer to an open invitation wakes the watch`() async throws {
    let practice = try Practice()
    try await practice.invite()
    // The answer arrives after the first look: until then the relay shows the offer alone.
    let looks = Mutex(0)
    practice.ines.network.lie { answer in
      guard
        looks.withLock({
          $0 += 1; return $0
        }) == 1
      else { return answer }
      return ReadAnswer(
        frames: answer.frames.filter { ($0.entry?.position.value ?? 0) < 2 },
        incarnation: answer.incarnation)
    }
    let seen = Mutex<[LocalName]>([])
    let end = try await practice.ines.alcove.watch { event in
      guard case .connected(let name) = event else { return true }
      seen.withLock { $0.append(name) }
      return false
    }
    #expect(seen.withLock { $0 } == [practice.maraName])
    guard case .stopped = end else {
      Issue.record("\(end)")
      return
    }
  }

  @Test func `a relay that speaks of news and has none is not asked in a circle`() async throws {
    let practice = try await Practice.connected()
    let follows = Mutex<[ContinuousClock.Instant]>([])
    let alcove = practice.mara.alcove(
      over: QuietRelays(
        inner: practice.mara.network, news: Frame(.head(Position(1_000))),
        onFollow: { follows.withLock { $0.append(.now) } }))
    let watch = Task { try await alcove.watch { _ in true } }
    while follows.withLock({ $0.count }) < 3 { try await Task.sleep(for: .milliseconds(10)) }
    watch.cancel()
    _ = await watch.result
    let times = follows.withLock { $0 }
    #expect(times[2] - times[1] > .seconds(1))
  }

  @Test func `a watch on which nothing comes turns the lock when that is due`() async throws {
    let practice = try await Practice.connected()
    let mara = practice.mara
    let owner = try mara.alcove.owner(of: practice.inesName)
    let due = try mara.alcove.look(owner) { $0.channel.schedule.due }
    practice.clock.advance(due - 1 - practice.clock.now())
    // Where the time runs with the waiting.
    let alcove = mara.alcove(
      over: QuietRelays(inner: mara.network, onFollow: { practice.clock.advance(1) }))
    let end = try await alcove.watch { event in
      if case .epoch(_, _, byMe: true) = event { false } else { true }
    }
    guard case .stopped = end else {
      Issue.record("\(end)")
      return
    }
  }

  @Test func `what waits is tried again after a minute, then ever more seldom`() async throws {
    let practice = try await Practice.connected()
    let mara = practice.mara
    let quiet = try mara.alcove.pause(after: 0)
    let owner = try mara.alcove.owner(of: practice.inesName)
    let due = try mara.alcove.look(owner) { $0.channel.schedule.due }
    #expect(!quiet.isRetry && quiet.seconds == min(86_400, due - practice.clock.now()))
    mara.network.fail(.unreachable)
    _ = try await mara.alcove.send("waits", to: practice.inesName)
    let pauses = try [0, 1, 2, 6, 60].map { try mara.alcove.pause(after: $0) }
    #expect(pauses.allSatisfy { $0.isRetry })
    #expect(zip([60, 120, 240, 3_600, 3_600], pauses).allSatisfy { $1.seconds <= $0 })
    #expect(pauses[0].seconds >= 1)
  }

  @Test func `a channel that cannot be read on is tried again after a pause, and not followed`()
    async throws
  {
    let practice = try await Practice.connected()
    let mara = practice.mara
    _ = try await practice.ines.alcove.send("not shown", to: practice.maraName)
    mara.network.lie { answer in
      ReadAnswer(
        frames: answer.frames.filter { $0.entry == nil }, incarnation: answer.incarnation)
    }
    let alcove = mara.alcove
    let (wanted, leavesOut) = try alcove.subscriptions(after: try await alcove.syncEverything())
    #expect(wanted.isEmpty && leavesOut)
    #expect(try alcove.pause(after: 0, isRetry: leavesOut) == (60, true))
    // It waits the pause out, until whoever watches has had enough.
    let (told, tell) = AsyncStream.makeStream(of: EngineError.Code.self)
    let watching = Task {
      try await alcove.watch { event in
        if case .obstacle(_, let error) = event { tell.yield(error.code) }
        return true
      }
    }
    for await code in told {
      #expect(code == .channelGap)
      break
    }
    watching.cancel()
    let end = await watching.result
    #expect(throws: (any Error).self) { try end.get() }
  }

  @Test func `a watch follows every relay, and says once which of them is away`() async throws {
    let practice = try await Practice.connected()
    let mara = practice.mara
    let jonas = try await second(practice)
    mara.network.cut(try RelayAddress("http://127.0.0.1:8080"))
    try await expectOnlyTheOther(practice, jonas, mara.alcove, .relayUnreachable)
  }

  @Test(arguments: [
    (RelayError.refused(.noSuchChannel), EngineError.Code.relayRefused),
    (.refused(.noSuchRoute), .relayForeign), (.refused(.limited), .relayRefused),
    (.refused(.recovering), .relayRecovering),
    (.malformedAnswer, .relayForeign), (.refused(.beyondHead), .relayRefused),
  ])
  func `a relay that does not let itself be followed ends the watch over no other`(
    refusal: RelayError, code: EngineError.Code
  ) async throws {
    let practice = try await Practice.connected()
    let jonas = try await second(practice)
    let address = try RelayAddress("http://127.0.0.1:8080")
    let alcove = practice.mara.alcove(
      over: RefusingRelays(inner: practice.mara.network) { relay, call in
        relay == address && call == .follow ? refusal : nil
      })
    try await expectOnlyTheOther(practice, jonas, alcove, code)
  }

  @Test func `the only relay that does not let itself be followed is said to refuse for now`()
    async throws
  {
    let practice = try await Practice.connected()
    let alcove = practice.mara.alcove(
      over: RefusingRelays(inner: practice.mara.network) { _, call in
        call == .follow ? .refused(.noSuchChannel) : nil
      })
    let error = await #expect(throws: EngineError.self) { try await alcove.watch { _ in true } }
    #expect(error?.code == .relayRefused && error?.isDelay == true)
  }

  @Test func `a relay that refuses to be followed is left out for longer each time, up to an hour`()
    throws
  {
    let (one, other) = (
      try RelayAddress("http://127.0.0.1:1"), try RelayAddress("http://127.0.0.1:2")
    )
    var refusals = FollowRefusals()
    let now = ContinuousClock.now
    let pauses = (0..<9).map { _ in
      refusals.note(EngineError(.relayForeign), by: one, at: now)
      return refusals.pause(of: [one, other], at: now)
    }
    #expect(pauses == [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600].map { .seconds($0) })
    #expect(refusals.leavesOut(one, at: now) && !refusals.leavesOut(other, at: now))
    #expect(!refusals.leavesOut(one, at: now + .seconds(3_600)))
    #expect(refusals.error(of: one)?.code == .relayForeign)
    refusals.forget(one)
    #expect(refusals.pause(of: [one, other], at: now) == nil)
    for _ in 0..<2 { refusals.note(EngineError(.relayUnreachable), by: other, at: now) }
    #expect(refusals.pause(of: [one, other], at: now) == .seconds(30))
  }

  /// A therapist at another relay, who is connected with the same client.
  private func second(_ practice: Practice) async throws -> Someone {
    let mara = practice.mara
    let text = "http://127.0.0.1:9090"
    let second = MemoryRelay(random: SeededRandom(seed: 90))
    let jonas = try Someone(.therapist, second, practice.clock, seed: 91, address: text)
    mara.network.add(second, at: try RelayAddress(text))
    let invitation = try await jonas.alcove.invite(practice.maraName)
    let offer = try await mara.alcove.inspectInvitation(invitation.link)
    var acceptance = Acceptance(answers: [.text: true], signedAs: "M.")
    acceptance.name = LocalName("jonas")
    _ = try await mara.alcove.accept(offer, acceptance)
    for _ in 0..<3 {
      try await jonas.sync()
      try await mara.sync()
    }
    return jonas
  }

  /// What happens at the first relay is told once, and what comes over the second is seen.
  private func expectOnlyTheOther(
    _ practice: Practice, _ jonas: Someone, _ alcove: Alcove, _ code: EngineError.Code,
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let seen = Mutex<[String]>([])
    _ = try await alcove.watch { event in
      switch event {
      case .obstacle(let name, let error):
        seen.withLock { $0.append("\(name.text): \(error.code.rawValue)") }
        // What comes from now on is seen by following alone.
        _ = try await jonas.alcove.send("still here", to: practice.maraName)
        return true
      case .message(_, let message):
        seen.withLock { $0.append(message.text) }
        return false
      default: return true
      }
    }
    #expect(
      seen.withLock { $0 } == ["\(practice.inesName.text): \(code.rawValue)", "still here"],
      sourceLocation: location)
  }
}
