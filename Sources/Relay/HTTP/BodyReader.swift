// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import HummingbirdCore
import NIOCore
import RelayProtocol

/// Reads a body of a known length, within a deadline.
enum BodyReader {
  /// A trickle is measured at each piece; a body that stops altogether ends with its connection,
  /// which is closed when nothing moves on it.
  static func read(
    _ request: Request, count: Int, _ limits: RelayLimits
  ) async throws -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(limits.bodySeconds + count / (16 << 10))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    do {
      for try await piece in request.body {
        guard bytes.count + piece.readableBytes <= count else {
          throw RelayError.refused(.malformed)
        }
        bytes.append(contentsOf: piece.readableBytesView)
        guard ContinuousClock.now < deadline else { throw BodyTimeout() }
      }
    } catch let error as RelayError {
      throw error
    } catch {
      throw BodyTimeout()
    }
    guard bytes.count == count else { throw BodyTimeout() }
    return bytes
  }
}
