// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import HummingbirdCore
import NIOCore
import RelayProtocol

/// Reads a body of a known length, within the memory for bodies and a deadline that closes its
/// connection.
struct BodyReader {
  let limits: RelayLimits
  let deadlines: Deadlines

  func read(
    _ request: Request, count: Int, _ context: RelayContext, _ permit: Permit
  ) async throws -> [UInt8] {
    let deadline = deadlines.start(
      context.channel, seconds: limits.bodySeconds + count / (16 << 10), .bodyTime)
    defer { deadlines.stop(deadline) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    do {
      for try await piece in request.body {
        guard bytes.count + piece.readableBytes <= count else {
          throw RelayError.refused(.malformed)
        }
        guard permit.add(piece.readableBytes) else {
          throw RelayError.refused(.overloaded)
        }
        bytes.append(contentsOf: piece.readableBytesView)
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
