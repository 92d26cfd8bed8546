// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// A request body that remembers whether anybody asked for it.
///
/// The HTTP client asks once it has a connection and has written the header fields. As long as it
/// has not asked, the relay cannot have the whole request, whatever the error says.
struct WitnessedBody: AsyncSequence, Sendable {
  /// Shared by the copies of one body.
  final class Witness: Sendable {
    private let asked = Atomic(false)
    var wasAsked: Bool { asked.load(ordering: .acquiring) }
    func ask() { asked.store(true, ordering: .releasing) }
  }

  let bytes: [UInt8]
  let witness: Witness

  struct AsyncIterator: AsyncIteratorProtocol {
    var bytes: [UInt8]?
    let witness: Witness

    mutating func next() async throws -> ByteBuffer? {
      guard let bytes else { return nil }
      self.bytes = nil
      witness.ask()
      return ByteBuffer(bytes: bytes)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: bytes, witness: witness) }
}
