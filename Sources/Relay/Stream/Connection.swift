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

  /// At most one write is in flight: the connection's own back-pressure is the bound.
  @concurrent func write(_ frames: [Frame], within seconds: Int) async throws {
    var encoder = WireWriter()
    for frame in frames { encoder.write(frame) }
    let deadline = deadlines.start(channel, seconds: seconds, .writeTime)
    do {
      try await channel.writeAndFlush(HTTPResponsePart.body(ByteBuffer(bytes: encoder.bytes))).get()
      deadlines.stop(deadline)
    } catch {
      // The deadline has closed the connection, or the system's own has.
      let isLate = !deadlines.stop(deadline) || (error as? IOError)?.errnoCode == ETIMEDOUT
      throw isLate ? SlowReader() : error
    }
  }

  /// Does something in a task of its own, on the connection's thread.
  ///
  /// What a task once took for its calls it keeps until it ends. Of a connection that rests for hours
  /// that would be half of its memory, were its own task to do more than to wait.
  ///
  /// When the connection's task is cancelled, the connection is closed: that ends a write to one who does
  /// not read, too.
  @concurrent func aside<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task(executorPreference: EventLoopTasks(channel.eventLoop), operation: body)
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      channel.close(promise: nil)
    }
  }
}
