// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

extension RelayClient {
  /// Follows by one long poll per channel, side by side.
  func poll(_ follow: Follow, _ receive: (Frame) async throws -> Bool) async throws {
    let wait = Int(transport.patience.poll.components.seconds)
    try await withThrowingTaskGroup(of: (Int, Subscription, [Frame]).self) { group in
      defer { group.cancelAll() }
      func ask(_ index: Int, _ subscription: Subscription, wait: Int) {
        group.addTask {
          let frames = try await self.page(subscription, wait: wait)
          return (index, subscription, frames)
        }
      }
      for (index, subscription) in follow.subscriptions.enumerated() {
        ask(index, subscription, wait: wait)
      }
      while let (index, subscription, frames) = try await group.next() {
        var after = subscription.after
        var isOver = false
        var hasMore = false
        for frame in frames {
          switch frame.body {
          case .envelope(let entry): after = entry.position
          case .gap(let first, let entries):
            after = Position(first.value &+ UInt64(entries.count) &- 1)
          case .turned, .refused: isOver = true
          case .head(let head): hasMore = after < head
          case .heartbeat, .caughtUp, .bye: break
          }
          guard
            try await receive(Frame(subscription: UInt16(clamping: index), frame.body))
          else { return }
        }
        if isOver { continue }
        // A relay that answers at once and with nothing must not be asked in a circle.
        if frames.isEmpty, wait == 0 { try await Task.sleep(for: .seconds(1)) }
        ask(
          index,
          Subscription(channel: subscription.channel, token: subscription.token, after: after),
          wait: hasMore ? 0 : wait)
      }
    }
  }
  /// One long poll, as a stream would show it: a channel that is refused ends its own subscription
  /// and no other.
  private func page(
    _ subscription: Subscription, wait: Int
  ) async throws(RelayError) -> [Frame] {
    do {
      return try await read(
        ReadRequest(
          channel: subscription.channel, token: subscription.token, after: subscription.after,
          wait: wait)
      ).frames
    } catch .refused(.noSuchChannel) {
      return [Frame(.refused(.noSuchChannel))]
    } catch .refused(.beyondHead) {
      return [Frame(.refused(.beyondHead))]
    }
  }
}
