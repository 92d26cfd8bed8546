// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Foundation
import GRDB
import Primitives
import Testing

/// Somebody else has written to the file: an error, never other content.
@Suite struct StoreTamperingTests {
  private func filled() throws -> StoreFixture {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    try store.transaction(fixture.keys) { tx throws in
      try tx.put([1], .group, fixture.mara)
      try tx.put([2], .group, fixture.jonas)
      try tx.put([3], .message, fixture.mara, RecordKey(1))
      try tx.put([4], .message, fixture.mara, RecordKey(2))
    }
    try store.close()
    return fixture
  }

  private func expectIntegrityError(_ fixture: StoreFixture) throws {
    let store = try fixture.open(.existing)
    #expect(throws: StoreError.integrity) { try store.checkIntegrity(fixture.keys) }
    try store.close()
  }

  @Test func `two swapped rows do not open`() throws {
    let fixture = try filled()
    let (one, two) = (Data(RecordKey(1).bytes), Data(RecordKey(2).bytes))
    let swap = "UPDATE record SET key = ? WHERE kind = 48 AND key = ?"
    try fixture.tamper(swap, [Data([0]), one])
    try fixture.tamper(swap, [one, two])
    try fixture.tamper(swap, [two, Data([0])])
    let store = try fixture.open(.existing)
    for number in UInt64(1)...2 {
      #expect(throws: StoreError.integrity) {
        try store.read(fixture.keys) { try $0.get(.message, fixture.mara, RecordKey(number)) }
      }
    }
    #expect(throws: StoreError.integrity) {
      try store.read(fixture.keys) { try $0.scan(.message, fixture.mara) }
    }
    try store.close()
    try expectIntegrityError(fixture)
  }

  @Test(arguments: [
    "UPDATE record SET kind = 33 WHERE kind = 48",
    "UPDATE record SET kind = 200 WHERE kind = 48",
    "UPDATE record SET key = x'0000000000000009' WHERE key = x'0000000000000002'",
    """
    INSERT OR REPLACE INTO record SELECT kind, (SELECT max(owner) FROM record), key, generation, sealed
    FROM record WHERE kind = 16 AND owner = (SELECT min(owner) FROM record)
    """,
    "UPDATE record SET sealed = x'' WHERE kind = 16",
    "UPDATE record SET sealed = zeroblob(length(sealed)) WHERE kind = 16",
  ])
  func `a moved or replaced row does not open`(sql: String) throws {
    let fixture = try filled()
    try fixture.tamper(sql)
    try expectIntegrityError(fixture)
  }

  @Test func `a row of another generation asks for another key`() throws {
    let fixture = try filled()
    try fixture.tamper("UPDATE record SET generation = 2 WHERE kind = 16")
    let store = try fixture.open(.existing)
    #expect(throws: StoreError.noKey) {
      try store.read(fixture.keys) { try $0.get(.group, fixture.mara) }
    }
    // And under that key it still does not open.
    var keys = fixture.keys
    try keys.add(
      SharedSecret([UInt8](repeating: 7, count: 32)), for: fixture.mara,
      generation: KeyGeneration(2))
    #expect(throws: StoreError.integrity) {
      try store.read(keys) { try $0.get(.group, fixture.mara) }
    }
  }

  @Test func `a row of an older key generation does not open as the newer`() throws {
    let fixture = try filled()
    let rows = try DatabaseQueue(path: fixture.path)
    let old = try rows.read {
      try Data.fetchOne(
        $0, sql: "SELECT sealed FROM record WHERE kind = 16 ORDER BY owner LIMIT 1")
    }
    try rows.close()
    var keys = fixture.keys
    try keys.add(
      SharedSecret([UInt8](repeating: 8, count: 32)), for: fixture.mara,
      generation: KeyGeneration(2))
    let store = try fixture.open(.existing)
    try store.transaction(keys) { _ = try $0.reseal(fixture.mara) }
    try store.close()
    try fixture.tamper(
      "UPDATE record SET sealed = ? WHERE kind = 16 AND owner = ?",
      [old, Data(fixture.mara.bytes)])
    let again = try fixture.open(.existing)
    #expect(throws: StoreError.integrity) {
      try again.read(keys) { try $0.get(.group, fixture.mara) }
    }
  }

  @Test func `a row of another database does not open`() throws {
    let fixture = try filled()
    let other = try StoreFixture()
    var keys = DataKeys()
    try keys.add(SharedSecret([UInt8](repeating: 77, count: 32)), for: other.mara)
    let store = try other.open()
    try store.transaction(keys) { try $0.put([66], .group, other.mara) }
    try store.close()
    let rows = try DatabaseQueue(path: other.path)
    let foreign = try rows.read { try Data.fetchOne($0, sql: "SELECT sealed FROM record") }
    try rows.close()
    try fixture.tamper("UPDATE record SET sealed = ? WHERE kind = 16", [foreign])
    try expectIntegrityError(fixture)
  }

  /// A flip may hit unused bytes; then all must read as before. It may make a row or a page
  /// unreadable; then an error says so. Never may anything read differently.
  @Test func `no flipped byte of the file gives other content`() throws {
    let fixture = try filled()
    let pristine = try Data(contentsOf: URL(filePath: fixture.path))
    let expected: [[UInt8]] = [[1], [2], [3], [4]]
    var noticed = 0
    // All of the header, the schema's and the rows' cells; steps through the empty middle of pages.
    for offset in pristine.indices where pristine[offset] != 0 || offset % 97 == 0 {
      var damaged = pristine
      damaged[offset] ^= 0xFF
      try damaged.write(to: URL(filePath: fixture.path))
      do {
        let store = try fixture.open(.existing)
        defer { try? store.close() }
        let answers = try store.read(fixture.keys) { tx throws in
          [
            try tx.get(.group, fixture.mara), try tx.get(.group, fixture.jonas),
            try tx.get(.message, fixture.mara, RecordKey(1)),
            try tx.get(.message, fixture.mara, RecordKey(2)),
          ]
        }
        for (answer, content) in zip(answers, expected) where answer != nil {
          #expect(answer == content)
        }
        if answers.contains(nil) {
          // A damaged row key hides its row from a look-up; the examination finds it.
          #expect(throws: StoreError.self) { try store.checkIntegrity(fixture.keys) }
          noticed += 1
        }
      } catch is StoreError {
        noticed += 1
      }
      for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: fixture.path + suffix)
      }
    }
    #expect(noticed > 200)
  }

  @Test func `a store that was cut to nothing is damaged, and not made anew`() throws {
    let fixture = try filled()
    let file = try FileHandle(forWritingTo: URL(filePath: fixture.path))
    try file.truncate(atOffset: 0)
    try file.close()
    #expect(throws: StoreError.integrity) { try fixture.open(.existing) }
    #expect(try fixture.everyByte().isEmpty)
    // Nor is a database of SQLite in which nothing of a store is.
    try fixture.tamper("CREATE TABLE record (kind INTEGER); DROP TABLE record")
    let before = try fixture.everyByte()
    #expect(throws: StoreError.integrity) { try fixture.open(.existing) }
    #expect(throws: StoreError.integrity) { try fixture.open(.existing) }
    #expect(before.count > 0)
  }
}
