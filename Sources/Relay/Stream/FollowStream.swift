// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RelayLog
import RelayProtocol
import Synchronization

/// One follower: a position per subscription, and whatever the store says about it.
///
/// A push is a read: what reaches a follower went through the statement that checks its token, so that
/// a removed member gets not one envelope too many, also on a stream that was open before.
///
/// One step at a time, a read or a write, each of which calls the next; the connection's task does nothing
/// but to wait. A task for every step would cost more than the step, and what a task once took for its calls
/// it keeps until it ends: of a connection that rests for hours, half of its memory.
final class FollowStream: Sendable {
  private struct State {
    var places: FollowPlaces
    /// What the subscriptions count as, and what wakes: both end with the stream.
    var shares: [Tally.Share]
    var watch: Watch?
    /// Whether the connection's thread looks, or has been told to.
    var isLooking = false
    /// When the first came of what nobody has begun to send, and of what is being sent.
    var woken: ContinuousClock.Instant?
    var pushing: ContinuousClock.Instant?
    var heartbeat: UInt64?
    var outcome: Result<End, any Error>?
    var waiting: CheckedContinuation<End, any Error>?
  }

  private let count: Int
  private let state: Mutex<State>
  private let connection: Connection
  /// Has in common what all followers need: there are thousands.
  private let relay: RelayResponder

  init(
    _ places: FollowPlaces, holding shares: [Tally.Share], connection: Connection,
    of relay: RelayResponder
  ) {
    count = places.tokens.count
    state = Mutex(State(places: places, shares: shares))
    self.connection = connection
    self.relay = relay
  }

  /// Why a stream ended, as it is counted.
  enum End: String, CaseIterable {
    case drain, age
    /// The follower has gone.
    case left
    /// It did not read.
    case slow
    /// The store could not be read.
    case store
  }

  /// How long a follower stays away of whose channels one is damaged, in milliseconds.
  private static let damagePause: UInt32 = 30_000

  /// Writes frames until the relay goes down, every subscription is over, or writing fails.
  func run() async throws {
    relay.metrics.followers.add(1)
    relay.metrics.subscriptions.add(count)
    state.withLock { [watch = relay.store.watch([], wake: wake)] in $0.watch = watch }
    let drained = relay.drain.register { [self] in call { $0.places.drain() } }
    defer {
      relay.drain.remove(drained)
      // Not under the lock, for which the store's writer waits when it wakes.
      _ = state.withLock { state in
        defer { (state.places, state.shares) = (FollowPlaces(Follow([])), []) }
        return (state.places, state.watch.take(), state.shares)
      }
      relay.metrics.followers.add(-1)
      relay.metrics.subscriptions.add(-count)
    }
    do {
      let end = try await waitForTheEnd()
      await relay.followTurns.wait(on: connection.channel.eventLoop)
      relay.metrics.followEnds.add(end.rawValue)
    } catch {
      // Hundreds may be gone at once, and a thousand subscriptions are work also to let go of.
      await relay.followTurns.wait(on: connection.channel.eventLoop)
      relay.metrics.followEnds.add((error is Connection.SlowReader ? End.slow : .left).rawValue)
      throw error
    }
  }

  private func waitForTheEnd() async throws -> End {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome = state.withLock { state in
          if state.outcome == nil { state.waiting = continuation }
          return state.outcome
        }
        if let outcome { continuation.resume(with: outcome) } else { call { _ in } }
      }
    } onCancel: {
      end(.failure(CancellationError()))
      // That ends a write to one who does not read, too.
      connection.channel.close(promise: nil)
    }
  }

  private func end(_ outcome: Result<End, any Error>) {
    let (waiting, heartbeat) = state.withLock { state in
      state.outcome = state.outcome ?? outcome
      defer { (state.waiting, state.heartbeat) = (nil, nil) }
      return (state.waiting, state.heartbeat)
    }
    if let heartbeat { connection.deadlines.stop(heartbeat) }
    waiting?.resume(with: outcome)
  }

  // MARK: What happens

  private func wake(_ channel: ChannelID) {
    call { state in
      state.places.wake(channel)
      state.woken = state.woken ?? .now
    }
  }

  /// Has the connection's thread look at what changed.
  private func call(_ change: (inout State) -> Void) {
    if look(after: change) { connection.channel.eventLoop.execute { [self] in goOn() } }
  }

  /// Whether the caller has to see to it that somebody looks.
  private func look(after change: (inout State) -> Void) -> Bool {
    state.withLock { state in
      change(&state)
      // Whoever is busy looks when it has finished.
      guard !state.isLooking, !state.places.isBusy else { return false }
      state.isLooking = true
      return true
    }
  }

  /// Does what is to be done, until something takes longer than its call.
  private func goOn() {
    while let step = next() {
      switch step {
      case .read(let index, let place): read(index, place)
      case .tell(let frames): send(frames)
      case .heartbeat: write([Frame(.heartbeat(UInt64(max(relay.clock(), 0))))])
      case .age(let isDamaged): bye(.age, isDamaged ? Self.damagePause : 0)
      case .drain: bye(.drain, 1_000)
      }
    }
  }

  private func next() -> FollowPlaces.Step? {
    var pushed: ContinuousClock.Instant?
    let (step, isResting) = state.withLock { state -> (FollowPlaces.Step?, Bool) in
      if state.outcome == nil {
        if state.places.isEven {
          pushed = state.pushing
          (state.pushing, state.woken) = (state.woken, nil)
        }
        if let step = state.places.next() { return (step, false) }
      }
      state.isLooking = false
      return (nil, state.outcome == nil && !state.places.isBusy)
    }
    if let pushed { relay.metrics.pushSeconds.add(.now - pushed) }
    if isResting { rest() }
    return step
  }

  /// Nothing is left to be done, and something will be at the latest when there was silence for long enough.
  ///
  /// Not under the lock, for which the store's writer waits when it wakes.
  private func rest() {
    let deadlines = connection.deadlines
    if let number = state.withLock({ $0.heartbeat }),
      deadlines.postpone(number, relay.limits.heartbeatSeconds)
    {
      return
    }
    let number = deadlines.start(seconds: relay.limits.heartbeatSeconds) { [self] in
      // Those who heard the last news together are due together.
      relay.followTurns.call(on: connection.channel.eventLoop) { [self] in
        call { $0.places.beSilent() }
      }
    }
    let isOver = state.withLock { state in
      if state.outcome == nil { state.heartbeat = number }
      return state.outcome != nil
    }
    if isOver { deadlines.stop(number) }
  }

  // MARK: What is done

  private func read(_ index: Int, _ place: FollowPlaces.Place) {
    // A follow is so many guesses, and each of them is asked about. Also where addresses do not count one
    // follow makes no more wrong ones than an address may: many of them would keep all others waiting.
    guard place.isKnown || mayShowToken() else {
      let refused = state.withLock { $0.places.refuseUnknown() }
      // The first has been counted.
      for _ in refused.dropFirst() { relay.metrics.count(.refusedTokens) }
      return write(refused)
    }
    let loop = connection.channel.eventLoop
    let look: @Sendable () -> Void = { [self] in
      guard state.withLock({ $0.outcome == nil }) else { return }
      relay.store.read(
        place.channel, token: place.token, after: place.after, maximumBytes: relay.limits.pushBytes
      ) { [self] result in
        loop.execute { [self] in take(result, at: index) }
      }
    }
    if place.isKnown { return look() }
    // The watch begins before the first read: what arrives between the two wakes.
    state.withLock(\.watch)?.add(place.channel)
    // When a relay comes back, everybody's first looks come at once: whoever is there already goes first.
    relay.followTurns.call(on: loop, look)
  }

  private func mayShowToken() -> Bool {
    guard state.withLock({ $0.places.wrongTokens }) < relay.limits.refusedTokensPerMinute else {
      relay.metrics.count(.refusedTokens)
      return false
    }
    return relay.admission.mayShowToken(connection.channel)
  }

  private func take(_ result: Result<[Frame], RelayError>, at index: Int) {
    var isGuess = false
    let frames = state.withLock { state -> [Frame]? in
      // A read may be answered after the end of the stream, which takes its places along.
      guard state.outcome == nil else { return [] }
      switch result {
      case .success(let frames):
        state.places.know(index)
        return state.places.take(frames, at: index, pushBytes: relay.limits.pushBytes)
      case .failure(.refused(.noSuchChannel)):
        // A channel that comes to its end was no guess.
        isGuess = !state.places.isKnown(index)
        return state.places.refuse(index, .noSuchChannel)
      case .failure(.refused(.beyondHead)): return state.places.refuse(index, .beyondHead)
      case .failure(.refused(.damaged)): return state.places.refuse(index, .damaged)
      // The store cannot be read now, which says nothing about the channels: come back.
      case .failure: return nil
      }
    }
    if isGuess { relay.admission.refuseToken(connection.channel) }
    if let frames { write(frames) } else { bye(.store, 1_000) }
  }

  /// Sends frames, or holds refusals back for a while, and goes on.
  private func write(_ frames: [Frame]) {
    let frames = state.withLock { $0.places.release(frames) }
    if frames.isEmpty { finish() } else { send(frames) }
  }

  /// Writes frames, within what the connection's back-pressure allows, and goes on.
  private func send(_ frames: [Frame]) {
    connection.write(frames, within: relay.limits.writeSeconds) { [self] result in
      switch result {
      case .success: finish()
      case .failure(let error): end(.failure(error))
      }
    }
  }

  /// On the connection's thread. As many steps as there are subscriptions may be finished as soon as they
  /// begin: those are followed by the next one where they began.
  private func finish() {
    if look(after: { $0.places.finish() }) { goOn() }
  }

  private func bye(_ end: End, _ retryAfterMilliseconds: UInt32) {
    // For a follower a store that fails is a relay that goes down.
    let reason: ByeReason = end == .age ? .age : .drain
    connection.write(
      [Frame(.bye(reason, retryAfterMilliseconds: retryAfterMilliseconds))],
      within: relay.limits.writeSeconds
    ) { [self] result in
      self.end(result.map { end })
    }
  }
}
