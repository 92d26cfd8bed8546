// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// What is kept beside a request while it is answered.
struct RelayContext {
  /// The connection, or the stream of one, which is closed when something takes too long.
  let channel: any Channel
  /// Whether the client asks before it sends its body.
  let expectsContinue: Bool
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

  /// Has a client that asks whether its body is wanted send it (RFC 9110 §10.1.1): one that is refused is told
  /// so instead.
  func askForBody() {
    guard expectsContinue else { return }
    channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
  }

  /// Gives the end of an answer in pieces its time, as each of them has.
  ///
  /// - Returns: What is to be called when the end is written, or will not be.
  func beginEnd(
    _ deadlines: Deadlines, seconds: Int, _ release: @escaping @Sendable () -> Void = {}
  ) -> () -> Void {
    guard !isStream else {
      finishAnswer(deadlines, seconds: seconds, release)
      return {}
    }
    let deadline = deadlines.start(channel, seconds: seconds, .writeTime)
    return {
      deadlines.stop(deadline)
      release()
    }
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
