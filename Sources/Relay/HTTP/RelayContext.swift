// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// What is kept beside a request while it is answered.
struct RelayContext {
  /// The connection, or the stream of one, which is closed when something takes too long.
  let channel: any Channel
  /// Whether it is one stream of an HTTP/2 connection.
  var isStream: Bool { channel.parent?.parent != nil }
  /// Whether the request's body was read to its end: if not, what is left of it would be taken for the
  /// next request.
  let body = Body()
  /// Whether the answer is written in pieces, each within its time.
  let answer = Answer()

  final class Body: Sendable {
    private let isReadNow = Atomic(false)
    var isRead: Bool { isReadNow.load(ordering: .relaxed) }
    func finish() { isReadNow.store(true, ordering: .relaxed) }
  }

  final class Answer: Sendable {
    private let isPiecewise = Atomic(false)
    private let share = Mutex<Tally.Share?>(nil)
    var isInPieces: Bool { isPiecewise.load(ordering: .relaxed) }
    /// Keeps what the request counts as until it is gone.
    func hold(_ taken: Tally.Share) { share.withLock { $0 = taken } }
    func beginPieces() { isPiecewise.store(true, ordering: .relaxed) }
  }

  /// Calls `release` when the last of an answer has left this process.
  ///
  /// What was written to an HTTP/2 stream may wait here for the client's window (RFC 9113 §5.2): the
  /// stream ends in time, and until then what it holds is held.
  func finishAnswer(
    _ deadlines: Deadlines, seconds: Int, _ release: @escaping @Sendable () -> Void = {}
  ) {
    guard isStream else { return release() }
    let deadline = deadlines.start(channel, seconds: seconds, .writeTime)
    channel.closeFuture.whenComplete { [answer] _ in
      deadlines.stop(deadline)
      release()
      _ = answer
    }
  }
}
