// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Synchronization
import Testing

@testable import RelayClient

@Suite struct SendingSlotsTests {
  private final class Counter: Sendable {
    private let counts = Mutex((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }
    func begin() { counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func end() { counts.withLock { $0.now -= 1 } }
  }

  @Test func `parts that do not come through go out one at a time, and come back slowly`()
    async throws
  {
    let slots = SendingSlots(4)
    for limit in [2, 1, 1] {
      await #expect(throws: RelayError.unreachable) {
        try await slots.run { () throws(RelayError) in throw .unreachable }
      }
      #expect(await slots.limit == limit)
    }
    let parts = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<7 {
        group.addTask {
          try await slots.run { () throws(RelayError) in
            parts.begin()
            await Task.yield()
            parts.end()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(parts.most == 1)
    for limit in [2, 2, 2, 2, 2, 2, 2, 2, 3] {
      try await slots.run { () throws(RelayError) in }
      #expect(await slots.limit == limit)
    }
  }
}
