// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// Closes a connection when something that was begun on it does not come to its end in time.
///
/// To begin only notes the time: there is at most one timer for each connection, which looks at that
/// note when it ends. A timer for each request would cost more than its judgement.
final class FieldTimer {
  private let limit: TimeAmount
  private let turns: BackgroundTurns
  private let onExpiry: @Sendable () -> Void
  /// When what is in hand began; nil when there is nothing.
  private var began: NIODeadline?
  /// When the first began, where that was before this was made.
  private var since: NIODeadline?
  private var timer: Scheduled<Void>?

  init(
    _ limit: TimeAmount, since: NIODeadline? = nil, _ turns: BackgroundTurns,
    onExpiry: @escaping @Sendable () -> Void
  ) {
    self.limit = limit
    self.since = since
    self.turns = turns
    self.onExpiry = onExpiry
  }

  var isRunning: Bool { began != nil }

  func begin(_ channel: any Channel) {
    let began = since ?? .now()
    since = nil
    self.began = began
    if timer == nil { wait(channel, began + limit) }
  }

  func end() { began = nil }

  func cancel() {
    began = nil
    timer?.cancel()
  }

  private func wait(_ channel: any Channel, _ end: NIODeadline) {
    // Safe: the timer runs on the connection's own thread, as every call of its handlers does.
    let this = NIOLoopBound(self, eventLoop: channel.eventLoop)
    timer = channel.eventLoop.scheduleTask(deadline: end) { this.value.look(channel) }
  }

  private func look(_ channel: any Channel) {
    timer = nil
    guard let began else { return }
    guard began + limit <= .now() else { return wait(channel, began + limit) }
    // Safe: as above.
    let this = NIOLoopBound(self, eventLoop: channel.eventLoop)
    turns.call(on: channel.eventLoop) { this.value.expire(channel) }
  }

  /// Unless it has come to its end while others were closed.
  private func expire(_ channel: any Channel) {
    guard let began, began + limit <= .now() else { return }
    onExpiry()
    channel.close(promise: nil)
  }
}
