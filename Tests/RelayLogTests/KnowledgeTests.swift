// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// What the operator is shown is all that there is.
@Suite struct KnowledgeTests {
  @Test func `every value of the store but envelopes is shown`() async throws {
    let place = try TemporaryStore()
    let (store, founder) = try await place.channel()
    var member = founder
    for _ in 0..<2 {
      _ = try await store.append(member.message())
      let (turn, next) = member.turn()
      _ = try await store.append(turn)
      member.advance(next)
    }
    _ = try await store.blob(BlobID(random: place.random), [member.part(1)], member)
    _ = try await store.makeBlob(member.place(BlobID(random: place.random)))
    store.stop()

    let encoder = JSONEncoder()
    let shown = String(
      decoding: try encoder.encode(TemporaryStore.knowledge(place.path)), as: UTF8.self)
    let queue = try SQLiteRelayStore.openReader(place.path)
    defer { try? queue.close() }
    let hidden = try await queue.read { database in
      var hidden: [String] = []
      // What a number is for the relay alone, and what others add up to.
      let known = ["channel", "retired", "entry", "body", "blob", "part"]
      for table in known {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table)") {
          for (column, value) in row where table != "body" || column != "data" {
            guard let data = Data.fromDatabaseValue(value), !data.isEmpty else { continue }
            // Two hashes that stand together are shown apart.
            for start in stride(from: 0, to: data.count, by: 32) {
              let text = Base64URL.encode(Array(data[start..<min(start + 32, data.count)]))
              if !shown.contains("\"\(text)\"") { hidden.append("\(table).\(column)") }
            }
          }
        }
      }
      return hidden
    }
    #expect(hidden == [])
    let summary = try SQLiteRelayStore.summary(path: place.path)
    #expect(
      summary
        == StoreSummary(
          openChannels: 1, closedChannels: 0, envelopes: 4, bytes: 2 * (1_024 + 16_384), blobs: 2,
          blobBytes: 1 << 20))
  }

  @Test func `order, counters and days are shown, and no column is forgotten`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    let members = try (0..<2).map { _ in try Member(place.random) }
    for member in members { _ = try await store.create(member.new) }
    for index in [0, 1, 1, 0] { _ = try await store.append(members[index].message()) }
    _ = try await store.makeBlob(members[1].place(BlobID(random: place.random)))
    store.stop()
    let channels = try TemporaryStore.knowledge(place.path)
    #expect(channels.map(\.envelopes) == [2, 2] && channels.map(\.blobCount) == [0, 1])
    // In which order the envelopes of both came.
    let arrivals = channels.map { $0.entries.compactMap(\.arrival) }
    #expect(arrivals == [[1, 4], [2, 3]])
    let relay = try SQLiteRelayStore.relay(path: place.path)
    let incarnation = Base64URL.encode(store.incarnation.bytes)
    #expect(relay.incarnation == incarnation && !relay.isRecovering)
    #expect(relay.lastDay == 1_700_000_000 / 86_400 && relay.horizon == relay.lastDay)

    let queue = try SQLiteRelayStore.openReader(place.path)
    defer { try? queue.close() }
    let (columns, values) = try await queue.read { database in
      (
        try String.fetchAll(
          database,
          sql: """
            SELECT t.name || ': ' || group_concat(c.name, ' ') FROM sqlite_schema t
            JOIN pragma_table_info(t.name) c WHERE t.type = 'table' GROUP BY t.name
            """),
        try String.fetchAll(database, sql: "SELECT key FROM relay ORDER BY key")
      )
    }
    // A number of a row or a flag is shown by where a value stands; everything else as itself.
    #expect(
      columns == [
        "blob: b ch id parts hash sealed_at day gone",
        "body: pos ch seq day spine data",
        "channel: ch id first token turn head chain envelopes bytes blob_bytes class state expires"
          + " blobs",
        "entry: ch seq eid hash chain next size pos",
        "part: b idx hash size name",
        "postage: keyid nullifier purpose",
        "relay: key value",
        "retired: ch token last",
      ])
    #expect(values == ["horizon", "incarnation", "last-day"])
  }

  @Test func `a store without channels, and one that is not there`() async throws {
    let place = try TemporaryStore()
    #expect(throws: RelayStoreError.missing) { try TemporaryStore.knowledge(place.path) }
    #expect(throws: RelayStoreError.missing) { try SQLiteRelayStore.summary(path: place.path) }
    try place.open().stop()
    #expect(try TemporaryStore.knowledge(place.path).isEmpty)
    #expect(try SQLiteRelayStore.summary(path: place.path) == StoreSummary())
  }
}
