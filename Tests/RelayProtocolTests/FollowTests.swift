// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing
import WireFormat

@Suite struct FollowTests {
  private func subscriptions(_ count: Int) throws -> [Subscription] {
    let random = SeededRandom(seed: 1)
    return try (0..<count).map { index in
      Subscription(
        channel: try ChannelID(bytes: random.bytes(32)), token: AccessToken(random: random),
        after: Position(UInt64(index)))
    }
  }

  @Test(arguments: [1, 2, 227, 228, 1_023, 1_024])
  func `up to 1,024 subscriptions read back as they were written`(_ count: Int) throws {
    let bytes = Follow(try subscriptions(count)).wireBytes
    #expect(bytes.count <= Follow.maximumLength)
    #expect(Follow.subscriptions(inBytes: bytes.count) == count)
    let read = try Follow(wireBytes: bytes)
    #expect(read.subscriptions.count == count)
    #expect(read.wireBytes == bytes)
  }

  @Test(arguments: [0, 1_025])
  func `none and too many are refused`(_ count: Int) throws {
    let bytes = Follow(try subscriptions(count)).wireBytes
    #expect(throws: WireError.self) { try Follow(wireBytes: bytes) }
  }

  @Test func `another version and a byte too many are refused`() throws {
    var bytes = Follow(try subscriptions(1)).wireBytes
    #expect(throws: WireError.self) { try Follow(wireBytes: bytes + [0]) }
    bytes[0] = 2
    #expect(throws: WireError.self) { try Follow(wireBytes: bytes) }
  }
}
