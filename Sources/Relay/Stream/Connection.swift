// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import NIOHTTPTypes
import RelayProtocol
import WireFormat

/// The connection of a follower, who has to read what is written to it.
struct Connection: Sendable {
  let channel: any Channel
  let deadlines: Deadlines

  /// What was written was not taken in time, and the connection is closed.
  struct SlowReader: Error {}

  /// Calls `body` on the connection's thread once the system has taken the frames, or will not take them. At most one write is in
  /// flight: the connection's own back-pressure is the bound.
  func write(
    _ frames: [Frame], within seconds: Int,
    then body: @escaping @Sendable (Result<Void, any Error>) -> Void
  ) {
    var encoder = WireWriter()
    for frame in frames { encoder.write(frame) }
    let deadline = deadlines.start(channel, seconds: seconds, .writeTime)
    channel.writeAndFlush(HTTPResponsePart.body(ByteBuffer(bytes: encoder.bytes))).whenComplete {
      [deadlines] result in
      let wasInTime = deadlines.stop(deadline)
      body(
        result.mapError { error in
          // The deadline has closed the connection, or the system's own has.
          wasInTime && (error as? IOError)?.errnoCode != ETIMEDOUT ? error : SlowReader()
        })
    }
  }

  /// Does something in a task of its own, on the connection's thread.
  ///
  /// What a task once took for its calls it keeps until it ends: the task of a connection that is to rest for
  /// hours does little itself.
  func aside<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    let task = Task(executorPreference: EventLoopTasks(channel.eventLoop), operation: body)
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      channel.close(promise: nil)
    }
  }
}
