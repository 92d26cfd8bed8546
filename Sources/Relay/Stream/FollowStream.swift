// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOCore
import RelayLog
import RelayProtocol
import WireFormat

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

  init(
    _ follow: Follow, store: any RelayStore, limits: RelayLimits,
    clock: @escaping @Sendable () -> Int64, drain: Drain
  ) {
    self.follow = follow
    self.store = store
    self.limits = limits
    self.clock = clock
    self.drain = drain
  }

  private struct Place {
    let channel: ChannelID
    let token: TokenHash
    var after: Position
    var isOver = false
    var announced: Position
  }

  /// Writes frames until the relay goes down, every subscription is over, or writing fails.
  @concurrent func run(into writer: inout any ResponseBodyWriter) async throws {
    var places = follow.subscriptions.map {
      Place(channel: $0.channel, token: $0.token.hash, after: $0.after, announced: $0.after)
    }
    let pending = Pending()
    let watch = store.watch(places.map(\.channel), wake: pending.wake)
    let drained = drain.register { pending.end() }
    defer {
      drain.remove(drained)
      _ = watch
    }
    for index in places.indices { try await push(&places[index], index, &writer) }
    while places.contains(where: { !$0.isOver }) {
      switch await pending.wait(seconds: limits.heartbeatSeconds) {
      case .silence:
        try await writer.write(frame: Frame(.heartbeat(UInt64(max(clock(), 0)))))
      case .channels(let channels):
        for index in places.indices
        where !places[index].isOver && channels.contains(places[index].channel) {
          try await push(&places[index], index, &writer)
        }
      case .end:
        try Task.checkCancellation()
        try await writer.write(frame: Frame(.bye(.drain, retryAfterMilliseconds: 1_000)))
        return
      }
    }
    try await writer.write(frame: Frame(.bye(.age, retryAfterMilliseconds: 0)))
  }

  /// Sends what is new at one place, in pieces that the connection's back-pressure bounds.
  @concurrent private func push(
    _ place: inout Place, _ index: Int, _ writer: inout any ResponseBodyWriter
  ) async throws {
    let subscription = UInt16(index)
    while !place.isOver {
      let frames: [Frame]
      do {
        frames = try await store.read(
          place.channel, token: place.token, after: place.after,
          maximumBytes: limits.pushBytes)
      } catch {
        place.isOver = true
        let code: RefusalCode = error == .refused(.beyondHead) ? .beyondHead : .noSuchChannel
        try await writer.write(frame: Frame(subscription: subscription, .refused(code)))
        return
      }
      var goOn = false
      for frame in frames {
        switch frame.body {
        case .envelope(let entry):
          guard entry.envelope.count <= limits.pushBytes else {
            try await announce(&place, entry.position, subscription, &writer)
            return
          }
          place.after = entry.position
        case .gap(let first, let entries):
          place.after = Position(first.value + UInt64(entries.count) - 1)
        case .head:
          // More than one piece: what was sent is behind us, read on.
          goOn = true
          continue
        case .turned: place.isOver = true
        default: break
        }
        try await writer.write(frame: Frame(subscription: subscription, frame.body))
      }
      if !goOn { return }
    }
  }

  /// Says once that there is something to be read.
  @concurrent private func announce(
    _ place: inout Place, _ head: Position, _ subscription: UInt16,
    _ writer: inout any ResponseBodyWriter
  ) async throws {
    guard place.announced < head else { return }
    place.announced = head
    try await writer.write(frame: Frame(subscription: subscription, .head(head)))
  }
}

extension ResponseBodyWriter {
  /// At most one write is in flight: the connection's own back-pressure is the bound.
  @concurrent fileprivate mutating func write(frame: Frame) async throws {
    try await write(ByteBuffer(bytes: frame.wireBytes))
  }
}
