// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

extension RelayClient {
  private enum Polled: Sendable {
    case answer(PollTurns.Turn, Result<[Frame], RelayError>, in: Duration)
    /// It has waited for as long as it had to.
    case rested(PollTurns.Turn)
  }

  /// Follows by long polls, a few channels at a time. One that fails is asked again later, and the others
  /// meanwhile; throws when none has an answer any more.
  func poll(_ follow: Follow, _ receive: (Frame) async throws -> Bool) async throws {
    var turns = PollTurns(follow.subscriptions, patience: transport.patience.poll)
    try await withThrowingTaskGroup(of: Polled.self) { group in
      defer { group.cancelAll() }
      func rest(_ turn: PollTurns.Turn, _ pause: Duration) {
        group.addTask {
          try await Task.sleep(for: pause)
          return .rested(turn)
        }
      }
      while true {
        while let (turn, wait) = turns.next() {
          group.addTask {
            let start = ContinuousClock.now
            let page = await self.page(turn.subscription, wait: wait)
            return .answer(turn, page, in: .now - start)
          }
        }
        switch try await group.next() {
        case nil: return
        case .rested(let turn): turns.rested(turn)
        case .answer(let turn, .failure(let error), _):
          guard error.mayPass else { throw error }
          let (again, retry) = turns.failed(turn)
          switch retry {
          case .after(let pause): rest(again, pause)
          case .never: throw error
          }
        case .answer(let turn, .success(let frames), let time):
          let page = Page(frames, after: turn.subscription.after)
          for frame in frames {
            guard
              try await receive(Frame(subscription: UInt16(clamping: turn.index), frame.body))
            else { return }
          }
          if page.isOver {
            turns.finished()
          } else if page.after == turn.subscription.after, time < .seconds(1) {
            // A relay that answers at once and with nothing new must not be asked in a circle.
            rest(turns.resting(turn), .seconds(1))
          } else {
            turns.answered(turn, after: page.after, isBehind: page.hasMore)
          }
        }
      }
    }
  }

  /// How far the frames of a page lead.
  private struct Page {
    var after: Position
    var isOver = false
    var hasMore = false

    init(_ frames: [Frame], after: Position) {
      self.after = after
      for frame in frames {
        switch frame.body {
        case .envelope(let entry): self.after = entry.position
        case .gap(let first, let entries):
          self.after = Position(first.value &+ UInt64(entries.count) &- 1)
        case .turned, .refused: isOver = true
        case .head(let head): hasMore = self.after < head
        case .heartbeat, .caughtUp, .bye: break
        }
      }
    }
  }

  /// One long poll, as a stream would show it: a channel that is refused ends its own subscription
  /// and no other.
  private func page(_ subscription: Subscription, wait: Int) async -> Result<[Frame], RelayError> {
    do throws(RelayError) {
      return .success(
        try await read(
          ReadRequest(
            channel: subscription.channel, token: subscription.token, after: subscription.after,
            wait: wait)
        ).frames)
    } catch .refused(.noSuchChannel) {
      return .success([Frame(.refused(.noSuchChannel))])
    } catch .refused(.beyondHead) {
      return .success([Frame(.refused(.beyondHead))])
    } catch .refused(.damaged) {
      return .success([Frame(.refused(.damaged))])
    } catch {
      return .failure(error)
    }
  }
}

extension RelayError {
  /// Whether the same call may have an answer a little later.
  fileprivate var mayPass: Bool {
    switch self {
    case .unreachable, .outcomeUnknown: true
    case .refused(let problem): !problem.isDefinite
    case .tokenRetired, .notAt, .malformedAnswer, .wrongPin, .untrusted, .insecureAddress: false
    }
  }
}
