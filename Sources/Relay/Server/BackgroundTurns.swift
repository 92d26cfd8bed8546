// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Work that can wait for everybody else: on each event loop one piece at a time, and in between the loop looks
/// at its connections.
///
/// A loop runs tasks as long as there are any before it looks at its connections again. Work that makes more
/// work, as hundreds of follows or large reads do that begin at once, would keep all others from being heard.
final class BackgroundTurns: Sendable {
  private struct Line {
    private var new = CircularBuffer<@Sendable () -> Void>()
    private var old = CircularBuffer<@Sendable () -> Void>()
    private var newInARow = 0
    /// Whether one has had its turn and the next one's time has not come.
    var isResting = false

    mutating func append(_ body: @escaping @Sendable () -> Void, isNew: Bool) {
      if isNew { new.append(body) } else { old.append(body) }
    }

    /// New work first, and old work after three of them, so that it goes on as well.
    mutating func popFirst() -> (@Sendable () -> Void)? {
      if newInARow < 3 || old.isEmpty, let next = new.popFirst() {
        newInARow += 1
        return next
      }
      newInARow = 0
      return old.popFirst() ?? new.popFirst()
    }
  }

  /// How long a loop rests from this work after a piece: as long as the piece took, so that half of the
  /// processor is left for everything else, also for other threads. At least enough for it to look, and never so
  /// long that a machine which stood still for a moment holds up the rest.
  static func rest(after work: TimeAmount) -> TimeAmount {
    min(max(work, .microseconds(20)), .milliseconds(5))
  }

  /// One for each event loop, of which there are as many as cores.
  private let lines = Mutex<[ObjectIdentifier: Line]>([:])

  /// Calls `body` on `loop` when its turn has come.
  ///
  /// - Parameter isNew: False for more of something that has had much already: it gives way to what has not.
  func call(
    on loop: any EventLoop, isNew: Bool = true, _ body: @escaping @Sendable () -> Void
  ) {
    let isFirst = lines.withLock { lines in
      let id = ObjectIdentifier(loop)
      lines[id, default: Line()].append(body, isNew: isNew)
      guard lines[id]?.isResting == false else { return false }
      lines[id]?.isResting = true
      return true
    }
    if isFirst { loop.execute { [self] in goOn(loop) } }
  }

  /// Returns when the caller's turn has come, which lasts until it waits for something.
  func wait(on loop: any EventLoop, isNew: Bool = true) async {
    await withCheckedContinuation { continuation in
      call(on: loop, isNew: isNew) { continuation.resume() }
    }
  }

  private func goOn(_ loop: any EventLoop) {
    let next = lines.withLock { lines in
      let id = ObjectIdentifier(loop)
      let next = lines[id]?.popFirst()
      lines[id]?.isResting = next != nil
      return next
    }
    guard let next else { return }
    let began = NIODeadline.now()
    next()
    // Behind the task that `next` may have let go on, which is part of the piece.
    loop.execute { [self] in
      loop.scheduleTask(in: Self.rest(after: .now() - began)) { [self] in goOn(loop) }
    }
  }
}
