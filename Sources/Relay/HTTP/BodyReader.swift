// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOCore
import RelayProtocol

/// Reads a body of a known length, within the memory for bodies and a deadline that closes its
/// connection.
struct BodyReader {
  let limits: RelayLimits
  let deadlines: Deadlines

  /// So many bytes more are progress: what comes byte by byte gets nowhere.
  private static let step = 16 << 10

  func read(
    _ request: Request, count: Int, _ context: RelayContext, _ permit: Permit
  ) async throws -> [UInt8] {
    let deadline = deadlines.start(
      context.channel, seconds: limits.bodySeconds + count / (16 << 10), .bodyTime)
    defer { deadlines.stop(deadline) }
    context.askForBody()
    var bytes: [UInt8] = []
    var counted = 0
    do {
      for try await piece in request.body {
        let total = bytes.count + piece.readableBytes
        guard total <= count else { throw RelayError.refused(.malformed) }
        if total > bytes.capacity {
          // What is announced takes no memory: it grows with what has come.
          let capacity = min(count, max(total, 2 * bytes.capacity))
          guard permit.fit(capacity) else { throw RelayError.refused(.overloaded) }
          bytes.reserveCapacity(capacity)
        }
        bytes.append(contentsOf: piece.readableBytesView)
        if total - counted >= Self.step {
          counted = total
          permit.progress()
        }
      }
    } catch let error as RelayError {
      throw error
    } catch {
      throw BodyTimeout()
    }
    guard bytes.count == count else { throw BodyTimeout() }
    context.body.finish()
    permit.hold()
    return bytes
  }
}
