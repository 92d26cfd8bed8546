// SPDX-License-Identifier: Apache-2.0

import HummingbirdCore
import NIOCore
import RelayProtocol

extension BodyReader {
  /// About how many bytes of a body are held before they are handed on.
  static let piece = 64 << 10

  /// Hands a body of a known length on piece by piece, within a deadline that closes its connection.
  func read(
    _ request: Request, count: Int, _ context: RelayContext,
    take: ([UInt8]) async throws -> Void
  ) async throws {
    let deadline = deadlines.start(
      context.channel, seconds: limits.bodySeconds + count / (16 << 10), .bodyTime)
    defer { deadlines.stop(deadline) }
    context.askForBody()
    var pending: [UInt8] = []
    var total = 0
    do {
      for try await piece in request.body {
        total += piece.readableBytes
        guard total <= count else { throw RelayError.refused(.malformed) }
        pending.append(contentsOf: piece.readableBytesView)
        if pending.count >= Self.piece {
          try await take(pending)
          pending.removeAll(keepingCapacity: true)
        }
      }
      if !pending.isEmpty { try await take(pending) }
    } catch let error as RelayError {
      throw error
    } catch {
      throw BodyTimeout()
    }
    guard total == count else { throw BodyTimeout() }
    context.body.finish()
  }
}
