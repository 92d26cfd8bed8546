// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import RelayLog
import RelayProtocol
import Testing

/// A store that is cleared away, and those that are not.
@Suite struct RemovalTests {
  private func names(_ place: TemporaryStore) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place.folder.path).sorted()
  }

  @Test func `a store that was served is not removed, neither while it is nor afterwards`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    _ = try await store.append(member.message())
    let before = try names(place)
    #expect(throws: RelayStoreError.inUse) {
      try SQLiteRelayStore.removeUnused(path: place.path)
    }
    #expect(try names(place) == before)
    store.stop()
    #expect(try !SQLiteRelayStore.removeUnused(path: place.path))
    let again = try place.open(.existing)
    defer { again.stop() }
    #expect(try await again.read(member).entries.count == 1)
  }

  @Test func `a store whose channel is in its log alone is not removed`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    _ = try await store.append(member.message())
    let left = try TemporaryStore()
    for end in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: place.path + end, toPath: left.path + end)
    }
    store.stop()
    #expect(try !SQLiteRelayStore.removeUnused(path: left.path))
    #expect(try SQLiteRelayStore.summary(path: left.path).openChannels == 1)
  }

  @Test func `what an interrupted init leaves of a store is removed, and nothing stays`() throws {
    let place = try TemporaryStore()
    // Nothing at all, a file without a byte, and a store without a channel.
    for step in 0..<3 {
      if step == 1 { try Data().write(to: URL(filePath: place.path)) }
      if step == 2 { try place.open().stop() }
      #expect(try SQLiteRelayStore.removeUnused(path: place.path))
      #expect(try names(place) == [])
    }
  }

  @Test func `what is no store of a relay is not removed`() throws {
    let place = try TemporaryStore()
    let queue = try DatabaseQueue(path: place.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
    try queue.close()
    #expect(throws: RelayStoreError.integrity) {
      try SQLiteRelayStore.removeUnused(path: place.path)
    }
    #expect(try names(place).contains("relay.sqlite"))
  }
}
