// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayLog
import RelayProtocol
import Testing

/// What lies on the disk, and what becomes of it when the disk is not as it should be.
@Suite struct StoreFileTests {
  @Test func `every commit is flushed, and checkpoints are the writer's`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    #expect(try store.pragma("journal_mode") == "wal")
    #expect(try store.pragma("synchronous") == "2")
    #expect(try store.pragma("wal_autocheckpoint") == "0")
  }

  @Test func `a second one does not get the store while the first has it`() throws {
    let place = try TemporaryStore()
    let store = try place.open()
    #expect(throws: RelayStoreError.inUse) { try place.open() }
    store.stop()
    try place.open().stop()
  }

  @Test func `a store that is not there is not made by the way`() throws {
    let place = try TemporaryStore()
    #expect(throws: RelayStoreError.missing) { try place.open(.existing) }
  }

  @Test func `the files are for their owner alone, and refused otherwise`() throws {
    let place = try TemporaryStore()
    try place.open().stop()
    let attributes = try FileManager.default.attributesOfItem(atPath: place.path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.path)
    #expect(throws: RelayStoreError.readableByOthers) { try place.open() }
  }

  @Test func `a newer schema and another program's file are refused untouched`() throws {
    let place = try TemporaryStore()
    try place.open().stop()
    func set(_ sql: String) throws {
      let queue = try DatabaseQueue(path: place.path)
      try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
      try queue.close()
    }
    let opened = try place.open()
    let version = try #require(try opened.pragma("user_version").flatMap { Int($0) })
    opened.stop()
    try set("PRAGMA user_version = \(version + 1)")
    #expect(throws: RelayStoreError.newerSchema) { try place.open() }
    try set("PRAGMA user_version = \(version); PRAGMA application_id = 7")
    #expect(throws: RelayStoreError.foreignFile) { try place.open() }
    try set("PRAGMA user_version = 0; PRAGMA application_id = 0")
    #expect(throws: RelayStoreError.foreignFile) { try place.open() }
    try set("PRAGMA user_version = -1; PRAGMA application_id = \(0x414C_4352)")
    #expect(throws: RelayStoreError.foreignFile) { try place.open() }
    try set("PRAGMA user_version = \(version)")
    try place.open().stop()
  }

  @Test func `a store of the first version gets what it lacks, and keeps what it has`() async throws
  {
    let place = try TemporaryStore()
    let store = try place.open()
    let version = try store.pragma("user_version")
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    _ = try await store.append(member.message())
    store.stop()
    let queue = try DatabaseQueue(path: place.path)
    // What the first version had no table for.
    try await queue.writeWithoutTransaction {
      try $0.execute(
        sql: """
          DROP TABLE postage; DROP TABLE part; DROP TABLE blob;
          ALTER TABLE channel DROP COLUMN blobs; PRAGMA user_version = 1
          """)
    }
    try queue.close()
    let again = try place.open(.existing, policy: .paid)
    defer { again.stop() }
    #expect(try again.pragma("user_version") == version)
    #expect(try await again.read(member).entries.count == 1)
    let new = try Member(place.random)
    _ = try await again.create(new.new, postage: Paid.token(place.random, for: new.new))
  }

  @Test func `what had expired in a store of an older version counts no longer`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    for _ in 0..<2 { _ = try await store.append(member.message()) }
    store.stop()
    let queue = try DatabaseQueue(path: place.path)
    try await queue.writeWithoutTransaction {
      try $0.execute(
        sql: """
          DELETE FROM body WHERE seq = 1; UPDATE entry SET pos = NULL WHERE seq = 1;
          PRAGMA user_version = 4
          """)
    }
    try queue.close()
    func bytes() throws -> Int64 { try SQLiteRelayStore.summary(path: place.path).bytes }
    #expect(try bytes() == 2_048)
    try place.open(.existing).stop()
    #expect(try bytes() == 1_024)
    #expect(try SQLiteRelayStore.findings(path: place.path) == [])
  }

  @Test func `a file of nonsense is no store`() throws {
    let place = try TemporaryStore()
    try place.open().stop()
    try place.write([UInt8](repeating: 0x5A, count: 20_000))
    #expect(throws: RelayStoreError.foreignFile) { try place.open() }
  }

  @Test func `on a full disk appends are refused, reads go on, and room brings appends back`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    _ = try await store.append(member.message())
    try store.limitPages(40)
    var taken = 1
    let refused = await #expect(throws: RelayError.self) {
      for _ in 0..<200 {
        _ = try await store.append(member.message(size: 16_384))
        taken += 1
      }
    }
    #expect(refused == .refused(.storeFull))
    #expect(try await store.read(member).entries.count == taken)
    #expect(place.failures == 0)
    try store.limitPages(10_000)
    _ = try await store.append(member.message())
    #expect(try await store.read(member).entries.count == taken + 1)
  }

  @Test func `a flipped byte in a body is found, and what is not damaged is still read`()
    async throws
  {
    let place = try TemporaryStore()
    let store = try place.open()
    let member = try Member(place.random)
    let other = try Member(place.random)
    for member in [member, other] {
      _ = try await store.create(member.new)
      _ = try await store.append(member.message())
    }
    let marked = Append(
      channel: member.channel, token: member.token, id: EnvelopeID(random: place.random),
      envelope: [UInt8](repeating: 0xAB, count: 1_024))
    _ = try await store.append(marked)
    store.stop()
    var bytes = try place.bytes()
    let body = try #require(bytes.firstRange(of: [UInt8](repeating: 0xAB, count: 1_024)))
    bytes[body.lowerBound + 500] ^= 1
    try place.write(bytes)

    let reopened = try place.open(.existing)
    defer { reopened.stop() }
    await #expect(throws: RelayError.refused(.damaged)) { try await reopened.read(member) }
    #expect(try await reopened.read(other).entries.count == 1)
  }

  @Test func `after a damaged page nothing is known: everybody is told so, and the relay ends`()
    async throws
  {
    let place = try TemporaryStore()
    let store = try place.open()
    let members = try (0..<200).map { _ in try Member(place.random) }
    for member in members { _ = try await store.create(member.new) }
    store.stop()
    let queue = try DatabaseQueue(path: place.path)
    let roots = try await queue.read {
      // The index alone: what the writer looks at when it starts is whole.
      try Int.fetchAll(
        $0, sql: "SELECT rootpage FROM sqlite_schema WHERE tbl_name = 'channel' AND type = 'index'")
    }
    try queue.close()
    #expect(roots.count == 1)
    var bytes = try place.bytes()
    for root in roots {
      for index in (root - 1) * 4_096..<root * 4_096 { bytes[index] = 0xFF }
    }
    try place.write(bytes)

    let reopened = try place.open(.existing)
    defer { reopened.stop() }
    await #expect(throws: RelayError.refused(.outcomeUnknown)) {
      try await reopened.append(members[0].message())
    }
    await #expect(throws: RelayError.self) { try await reopened.append(members[1].message()) }
    reopened.stop()
    #expect(place.failures == 1)
  }
}
