// SPDX-License-Identifier: Apache-2.0

import RelayLog
import RelayProtocol
import Synchronization

/// One follower: a position per subscription, and whatever the store says about it.
///
/// A push is a read: what reaches a follower went through the statement that checks its token, so that
/// a removed member gets not one envelope too many, also on a stream that was open before.
final class FollowStream: Sendable {
  private let count: Int
  private let places: Mutex<[Place]>
  private let store: any RelayStore
  private let limits: RelayLimits
  private let clock: @Sendable () -> Int64
  private let drain: Drain
  private let connection: Connection
  private let metrics: RelayMetrics
  /// Counts the tokens that open nothing.
  private let admission: Admission
  /// What the subscriptions count as.
  private let share: Tally.Share
  private let pending = Pending()

  init(
    _ follow: Follow, holding share: Tally.Share, store: any RelayStore, limits: RelayLimits,
    clock: @escaping @Sendable () -> Int64, drain: Drain, connection: Connection,
    metrics: RelayMetrics, admission: Admission
  ) {
    count = follow.subscriptions.count
    places = Mutex(
      follow.subscriptions.map {
        Place(channel: $0.channel, token: $0.token.hash, after: $0.after)
      })
    self.store = store
    self.limits = limits
    self.clock = clock
    self.drain = drain
    self.connection = connection
    self.metrics = metrics
    self.admission = admission
    self.share = share
  }

  private struct Place {
    let channel: ChannelID
    let token: TokenHash
    /// The last position that was sent or announced: all that is kept of a subscription.
    var after: Position
    /// Where `caughtUp` was last said, so that it is not said twice.
    var caughtUp: Position?
    /// Whether its token has been looked at; what opens nothing is over.
    var isKnown = false
    var isOver = false
    var isDamaged = false
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
  @concurrent func run() async throws {
    metrics.followers.add(1)
    metrics.subscriptions.add(count)
    defer {
      metrics.followers.add(-1)
      metrics.subscriptions.add(-count)
    }
    do {
      metrics.followEnds.add(try await waitForTheEnd().rawValue)
    } catch {
      metrics.followEnds.add((error is Connection.SlowReader ? End.slow : .left).rawValue)
      throw error
    }
  }

  /// Waits, and leaves all that is to be done to tasks of its own: see ``Connection/aside(_:)``.
  @concurrent private func waitForTheEnd() async throws -> End {
    // The watch begins before the first read: what arrives between the two wakes.
    let watch = store.watch(places.withLock { $0.map(\.channel) }, wake: pending.wake)
    let drained = drain.register { [pending] in pending.end() }
    defer {
      drain.remove(drained)
      _ = watch
    }
    var end = try await connection.aside { [self] in try await answer(nil) }
    while end == nil {
      let event = await pending.wait(seconds: limits.heartbeatSeconds, connection.deadlines)
      try Task.checkCancellation()
      end = try await connection.aside { [self] in try await answer(event) }
    }
    return end ?? .age
  }

  /// Sends what an event asks for, and at first, without one, all that there is.
  @concurrent private func answer(_ event: Pending.Event?) async throws -> End? {
    switch event {
    case .silence: try await write([Frame(.heartbeat(UInt64(max(clock(), 0))))])
    case .end: return try await end(.drain, retryAfterMilliseconds: 1_000)
    case .channels, nil:
      let woken = ContinuousClock.now
      do {
        for index in indices(of: event) { try await push(index) }
      } catch is RelayError {
        // The store cannot be read now, which says nothing about the channels: come back.
        return try await end(.store, retryAfterMilliseconds: 1_000)
      }
      if event != nil { metrics.pushSeconds.add(.now - woken) }
    }
    let (isOver, isDamaged) = places.withLock { places in
      (places.allSatisfy(\.isOver), places.contains(where: \.isDamaged))
    }
    guard isOver else { return nil }
    return try await end(.age, retryAfterMilliseconds: isDamaged ? Self.damagePause : 0)
  }

  @concurrent private func end(_ end: End, retryAfterMilliseconds: UInt32) async throws -> End {
    // For a follower a store that fails is a relay that goes down.
    let reason: ByeReason = end == .age ? .age : .drain
    try await write([Frame(.bye(reason, retryAfterMilliseconds: retryAfterMilliseconds))])
    return end
  }

  private func indices(of event: Pending.Event?) -> [Int] {
    places.withLock { places in
      places.indices.filter { index in
        guard case .channels(let channels) = event else { return true }
        return !places[index].isOver && channels.contains(places[index].channel)
      }
    }
  }

  /// Sends what is new at one place, in pieces that the connection's back-pressure bounds.
  @concurrent private func push(_ index: Int) async throws {
    var place = places.withLock { $0[index] }
    // A follow is so many guesses, and each of them is asked about.
    guard place.isKnown || admission.mayShowToken(connection.channel) else {
      places.withLock { $0[index].isOver = true }
      return try await write([Frame(subscription: UInt16(index), .refused(.limited))])
    }
    place.isKnown = true
    while !place.isOver {
      let (sent, hasMore) = try await read(&place, UInt16(index))
      places.withLock { [place] in $0[index] = place }
      if !sent.isEmpty { try await write(sent) }
      if !hasMore { return }
    }
  }

  @concurrent private func read(
    _ place: inout Place, _ subscription: UInt16
  ) async throws -> (sent: [Frame], hasMore: Bool) {
    let refusal: RefusalCode
    do {
      let frames = try await store.read(
        place.channel, token: place.token, after: place.after, maximumBytes: limits.pushBytes)
      return select(frames, for: &place, subscription)
    } catch .refused(.noSuchChannel) {
      admission.refuseToken(connection.channel)
      refusal = .noSuchChannel
    } catch .refused(.beyondHead) {
      refusal = .beyondHead
    } catch .refused(.damaged) {
      refusal = .damaged
      place.isDamaged = true
    }
    place.isOver = true
    return ([Frame(subscription: subscription, .refused(refusal))], false)
  }

  /// What of a read is pushed, and whether there is more to read.
  private func select(
    _ frames: [Frame], for place: inout Place, _ subscription: UInt16
  ) -> (sent: [Frame], hasMore: Bool) {
    var sent: [Frame] = []
    // From an envelope too large to push, what there is now is only announced: the follower reads
    // it, and the next one to come is pushed again.
    var isAnnouncing = false
    func send(_ body: Frame.Body) { sent.append(Frame(subscription: subscription, body)) }
    for frame in frames {
      switch frame.body {
      case .envelope(let entry):
        isAnnouncing = isAnnouncing || entry.envelope.count > limits.pushBytes
        if !isAnnouncing { send(frame.body) }
        place.after = entry.position
      case .gap(let first, let entries):
        if !isAnnouncing { send(frame.body) }
        place.after = Position(first.value + UInt64(entries.count) - 1)
      case .head(let head):
        guard isAnnouncing else { return (sent, hasMore: true) }
        send(.head(head))
        place.after = head
      case .caughtUp(let at):
        if isAnnouncing {
          send(.head(at.position))
        } else if place.caughtUp != at.position {
          send(frame.body)
        }
        place.after = at.position
        place.caughtUp = at.position
      case .turned(let last):
        if isAnnouncing { send(.head(last)) }
        send(frame.body)
        place.isOver = true
      case .heartbeat, .bye, .refused:
        break
      }
    }
    return (sent, hasMore: false)
  }

  @concurrent private func write(_ frames: [Frame]) async throws {
    try await connection.write(frames, within: limits.writeSeconds)
  }
}
