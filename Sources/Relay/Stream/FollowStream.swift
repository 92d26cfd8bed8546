// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import RelayLog
import RelayProtocol

/// One follower: a position per subscription, and whatever the store says about it.
///
/// A push is a read: what reaches a follower went through the statement that checks its token, so that
/// a removed member gets not one envelope too many, also on a stream that was open before.
final class FollowStream: Sendable {
  private let follow: Follow
  private let store: any RelayStore
  private let limits: RelayLimits
  private let clock: @Sendable () -> Int64
  private let drain: Drain
  private let connection: Connection
  private let metrics: RelayMetrics
  /// Called for each token that opens nothing.
  private let onRefusal: @Sendable () -> Void
  private let pending = Pending()

  init(
    _ follow: Follow, store: any RelayStore, limits: RelayLimits,
    clock: @escaping @Sendable () -> Int64, drain: Drain, connection: Connection,
    metrics: RelayMetrics, onRefusal: @escaping @Sendable () -> Void
  ) {
    self.follow = follow
    self.store = store
    self.limits = limits
    self.clock = clock
    self.drain = drain
    self.connection = connection
    self.metrics = metrics
    self.onRefusal = onRefusal
  }

  private struct Place {
    let channel: ChannelID
    let token: TokenHash
    /// The last position that was sent or announced: all that is kept of a subscription.
    var after: Position
    /// Where `caughtUp` was last said, so that it is not said twice.
    var caughtUp: Position?
    var isOver = false
  }

  /// Writes frames until the relay goes down, every subscription is over, or writing fails.
  @concurrent func run(into writer: inout any ResponseBodyWriter) async throws {
    metrics.followers.add(1)
    metrics.subscriptions.add(follow.subscriptions.count)
    defer {
      metrics.followers.add(-1)
      metrics.subscriptions.add(-follow.subscriptions.count)
    }
    do {
      metrics.followEnds.add(try await frames(into: &writer).rawValue)
    } catch {
      metrics.followEnds.add("left")
      throw error
    }
  }

  private enum End: String { case drain, age }

  @concurrent private func frames(into writer: inout any ResponseBodyWriter) async throws -> End {
    var places = follow.subscriptions.map {
      Place(channel: $0.channel, token: $0.token.hash, after: $0.after)
    }
    // The watch begins before the first read: what arrives between the two wakes.
    let watch = store.watch(places.map(\.channel), wake: pending.wake)
    let drained = drain.register { [pending] in pending.end() }
    defer {
      drain.remove(drained)
      _ = watch
    }
    do {
      for index in places.indices { try await push(&places[index], index, &writer) }
      while places.contains(where: { !$0.isOver }) {
        switch await pending.wait(seconds: limits.heartbeatSeconds, connection.deadlines) {
        case .silence:
          try await write([Frame(.heartbeat(UInt64(max(clock(), 0))))], to: &writer)
        case .channels(let channels):
          let woken = ContinuousClock.now
          defer { metrics.pushSeconds.add(.now - woken) }
          for index in places.indices
          where !places[index].isOver && channels.contains(places[index].channel) {
            try await push(&places[index], index, &writer)
          }
        case .end:
          try Task.checkCancellation()
          try await write([Frame(.bye(.drain, retryAfterMilliseconds: 1_000))], to: &writer)
          return .drain
        }
      }
    } catch is RelayError {
      // The store cannot be read now, which says nothing about the channels: come back.
      try await write([Frame(.bye(.drain, retryAfterMilliseconds: 1_000))], to: &writer)
      return .drain
    }
    try await write([Frame(.bye(.age, retryAfterMilliseconds: 0))], to: &writer)
    return .age
  }

  /// Sends what is new at one place, in pieces that the connection's back-pressure bounds.
  @concurrent private func push(
    _ place: inout Place, _ index: Int, _ writer: inout any ResponseBodyWriter
  ) async throws {
    while !place.isOver {
      let frames: [Frame]
      do {
        frames = try await store.read(
          place.channel, token: place.token, after: place.after, maximumBytes: limits.pushBytes)
      } catch .refused(.noSuchChannel) {
        onRefusal()
        place.isOver = true
        return try await write(
          [Frame(subscription: UInt16(index), .refused(.noSuchChannel))], to: &writer)
      } catch .refused(.beyondHead) {
        place.isOver = true
        return try await write(
          [Frame(subscription: UInt16(index), .refused(.beyondHead))], to: &writer)
      }
      let (sent, hasMore) = select(frames, for: &place, UInt16(index))
      if !sent.isEmpty { try await write(sent, to: &writer) }
      if !hasMore { return }
    }
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

  @concurrent private func write(
    _ frames: [Frame], to writer: inout any ResponseBodyWriter
  ) async throws {
    try await connection.write(frames, within: limits.writeSeconds, to: &writer)
  }
}
