// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// Work that can wait for everybody else: on each event loop a little at a time, and in between the loop looks
/// at its connections.
///
/// A loop runs tasks as long as there are any before it looks at its connections again. Work that makes more
/// work, as hundreds of follows or large reads do that begin at once, would keep all others from being heard.
final class BackgroundTurns: Sendable {
  private struct Piece {
    let body: @Sendable () -> Void
    /// Whether it does nothing but to let a task go on.
    let isTask: Bool
  }

  private struct Line {
    private var new = CircularBuffer<Piece>()
    private var old = CircularBuffer<Piece>()
    private var newInARow = 0
    /// Whether one has had its turn and the next one's time has not come.
    var isResting = false

    mutating func append(_ piece: Piece, isNew: Bool) {
      if isNew { new.append(piece) } else { old.append(piece) }
    }

    /// New work first, and old work after three of them, so that it goes on as well.
    mutating func popFirst() -> Piece? {
      if newInARow < 3 || old.isEmpty, let next = new.popFirst() {
        newInARow += 1
        return next
      }
      newInARow = 0
      return old.popFirst() ?? new.popFirst()
    }
  }

  /// What is done in one turn: small pieces until they have taken a tenth of a millisecond. On a loop that is busy
  /// with others many milliseconds lie between two turns.
  private static let turnTime = TimeAmount.microseconds(100)
  private static let mostInATurn = 8

  /// How long a loop rests from this work after a turn: as long as it took, so that half of the
  /// processor is left for everything else, also for other threads. At least enough for it to look, since a
  /// piece may have asked another thread for something, and never so long that a machine which stood still for
  /// a moment holds up the rest.
  static func rest(after work: TimeAmount, pieces: Int) -> TimeAmount {
    min(max(work, .microseconds(20) * pieces), .milliseconds(5))
  }

  /// One for each event loop, of which there are as many as cores.
  private let lines = Mutex<[ObjectIdentifier: Line]>([:])
  private let now: @Sendable () -> NIODeadline

  init(now: @escaping @Sendable () -> NIODeadline = { .now() }) { self.now = now }

  /// Calls `body` on `loop` when its turn has come.
  ///
  /// - Parameter isNew: False for more of something that has had much already: it gives way to what has not.
  func call(
    on loop: any EventLoop, isNew: Bool = true, _ body: @escaping @Sendable () -> Void
  ) {
    add(Piece(body: body, isTask: false), on: loop, isNew: isNew)
  }

  /// Returns when the caller's turn has come, which lasts until it waits for something.
  func wait(on loop: any EventLoop, isNew: Bool = true) async {
    await withCheckedContinuation { continuation in
      add(Piece(body: { continuation.resume() }, isTask: true), on: loop, isNew: isNew)
    }
  }

  private func add(_ piece: Piece, on loop: any EventLoop, isNew: Bool) {
    let isFirst = lines.withLock { lines in
      let id = ObjectIdentifier(loop)
      lines[id, default: Line()].append(piece, isNew: isNew)
      guard lines[id]?.isResting == false else { return false }
      lines[id]?.isResting = true
      return true
    }
    if isFirst { loop.execute { [self] in takeTurn(loop) } }
  }

  /// What is next; without it the line has come to rest for good where nothing was done in this turn.
  private func next(on loop: any EventLoop, inATurn: Bool) -> Piece? {
    lines.withLock { lines in
      let id = ObjectIdentifier(loop)
      let piece = lines[id]?.popFirst()
      if piece == nil, !inATurn { lines[id]?.isResting = false }
      return piece
    }
  }

  private func takeTurn(_ loop: any EventLoop) {
    let began = now()
    var pieces = 0
    // The first has its turn however long the thread stood still: whoever comes away without one has seen the
    // end of the line.
    while pieces == 0 || pieces < Self.mostInATurn && now() - began < Self.turnTime,
      let piece = next(on: loop, inATurn: pieces > 0)
    {
      pieces += 1
      guard piece.isTask else {
        piece.body()
        continue
      }
      // The task goes on behind all that waits for the loop by now. It is part of the turn, what waits is not.
      let taskBegan = NIOLoopBoundBox(now(), eventLoop: loop)
      let before = taskBegan.value - began
      loop.execute { [now] in taskBegan.value = now() }
      piece.body()
      return loop.execute { [self, pieces] in
        rest(loop, after: before + (now() - taskBegan.value), pieces: pieces)
      }
    }
    if pieces > 0 { rest(loop, after: now() - began, pieces: pieces) }
  }

  private func rest(_ loop: any EventLoop, after work: TimeAmount, pieces: Int) {
    loop.scheduleTask(in: Self.rest(after: work, pieces: pieces)) { [self] in takeTurn(loop) }
  }
}
