// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOCore
import RelayProtocol
import WireFormat

/// The connection of a follower, who has to read what is written to it.
struct Connection: Sendable {
  let channel: any Channel
  let deadlines: Deadlines

  /// At most one write is in flight: the connection's own back-pressure is the bound.
  @concurrent func write(
    _ frames: [Frame], within seconds: Int, to writer: inout any ResponseBodyWriter
  ) async throws {
    var encoder = WireWriter()
    for frame in frames { encoder.write(frame) }
    let deadline = deadlines.start(channel, seconds: seconds, .writeTime)
    defer { deadlines.stop(deadline) }
    try await writer.write(ByteBuffer(bytes: encoder.bytes))
  }
}
