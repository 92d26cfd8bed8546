// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Foundation
import GRDB
import Primitives
import Testing

@Suite struct SQLiteRecordStoreTests {
  @Test func `the connection flushes in full and leaves nothing behind`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    #expect(try store.pragma("synchronous") == "2")
    #expect(try store.pragma("journal_mode") == "wal")
    #expect(try store.pragma("secure_delete") == "1")
    #expect(try store.pragma("temp_store") == "2")
    #expect(try store.pragma("busy_timeout") == "30000")
    #expect(try store.pragma("user_version") == "1")
    #expect(try store.pragma("application_id") == "\(0x416C_6376)")
  }

  @Test func `records are there after the store is opened again`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    try store.transaction(fixture.keys) { try $0.put([1, 2], .group, fixture.mara) }
    try store.close()
    let again = try fixture.open(.existing)
    #expect(try again.read(fixture.keys) { try $0.get(.group, fixture.mara) } == [1, 2])
  }

  @Test func `what a killed process left in the log is written anew before anything is added`()
    throws
  {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    try store.transaction(fixture.keys) { try $0.put([1, 2], .group, fixture.mara) }
    let left = try StoreFixture()
    for end in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: fixture.path + end, toPath: left.path + end)
    }
    func log() throws -> Int { try Data(contentsOf: URL(filePath: left.path + "-wal")).count }
    #expect(try log() > 0)
    let next = try left.open(.existing)
    #expect(try log() == 0)
    #expect(try next.read(left.keys) { try $0.get(.group, left.mara) } == [1, 2])
    // Whoever comes while it is in use leaves the log as it is.
    try next.transaction(left.keys) { try $0.put([3], .group, left.mara) }
    let beside = try left.open(.existing)
    #expect(try beside.read(left.keys) { try $0.get(.group, left.mara) } == [3])
  }

  @Test func `a missing store is not made unless it is asked for`() throws {
    let fixture = try StoreFixture()
    #expect(throws: StoreError.missing) { try fixture.open(.existing) }
    #expect(!FileManager.default.fileExists(atPath: fixture.path))
    try fixture.open(.creating).close()
    try fixture.open(.existing).close()
  }

  @Test func `no file of the store is readable by others`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    try store.transaction(fixture.keys) { try $0.put([1], .group, fixture.mara) }
    let names = try FileManager.default.contentsOfDirectory(atPath: fixture.directory).sorted()
    #expect(names == ["lock", "store.sqlite", "store.sqlite-shm", "store.sqlite-wal"])
    for name in names {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: fixture.directory + "/" + name)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test(arguments: [0o640, 0o604, 0o602, 0o620, 0o644, 0o666])
  func `a store that others may read or write is refused`(mode: Int) throws {
    let fixture = try StoreFixture()
    try fixture.open().close()
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: fixture.path)
    #expect(throws: StoreError.readableByOthers) { try fixture.open(.existing) }
  }

  @Test func `a link is refused in place of a store`() throws {
    let fixture = try StoreFixture()
    try fixture.open().close()
    let moved = fixture.directory + "/elsewhere"
    try FileManager.default.moveItem(atPath: fixture.path, toPath: moved)
    try FileManager.default.createSymbolicLink(
      atPath: fixture.path, withDestinationPath: moved)
    #expect(throws: StoreError.foreignFile) { try fixture.open(.existing) }
  }

  @Test func `a newer schema is refused and left alone`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    try store.transaction(fixture.keys) { try $0.put([1], .group, fixture.mara) }
    try store.close()
    try fixture.tamper("PRAGMA user_version = 2")
    #expect(throws: StoreError.newerSchema) { try fixture.open(.existing) }
    #expect(throws: StoreError.newerSchema) { try fixture.open(.creating) }
    try fixture.tamper("PRAGMA user_version = 1")
    let again = try fixture.open(.existing)
    #expect(try again.read(fixture.keys) { try $0.get(.group, fixture.mara) } == [1])
  }

  @Test func `a database of another program is refused`() throws {
    let fixture = try StoreFixture()
    _ = FileManager.default.createFile(
      atPath: fixture.path, contents: nil, attributes: [.posixPermissions: 0o600])
    try fixture.tamper("CREATE TABLE shopping (item TEXT)")
    #expect(throws: StoreError.foreignFile) { try fixture.open(.existing) }
  }

  @Test func `a file that is no database is refused`() throws {
    let fixture = try StoreFixture()
    _ = FileManager.default.createFile(
      atPath: fixture.path, contents: Data(repeating: 65, count: 8_192),
      attributes: [.posixPermissions: 0o600])
    #expect(throws: StoreError.foreignFile) { try fixture.open(.existing) }
  }

  @Test func `a full disk undoes the step and the store goes on`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    try store.transaction(fixture.keys) { try $0.put([1], .group, fixture.mara) }
    try store.limitPages(12)
    #expect(throws: StoreError.diskFull) {
      try store.transaction(fixture.keys) { tx throws in
        try tx.put([2], .group, fixture.mara)
        for number in UInt64(0)..<100 {
          try tx.put(
            [UInt8](repeating: 1, count: 4_000), .message, fixture.mara, RecordKey(number))
        }
      }
    }
    try store.read(fixture.keys) { tx throws in
      #expect(try tx.get(.group, fixture.mara) == [1])
      #expect(try tx.count(.message, fixture.mara) == 0)
    }
    try store.transaction(fixture.keys) { try $0.put([3], .group, fixture.mara) }
    try store.checkIntegrity(fixture.keys)
    #expect(try store.read(fixture.keys) { try $0.get(.group, fixture.mara) } == [3])
  }

  @Test func `what was overwritten cannot be found once traces are erased`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    try store.transaction(fixture.keys) {
      try $0.put([UInt8](repeating: 1, count: 300), .group, fixture.mara)
    }
    let rows = try DatabaseQueue(path: fixture.path)
    let old = try #require(
      try rows.read { try Data.fetchOne($0, sql: "SELECT sealed FROM record") })
    try rows.close()
    try store.transaction(fixture.keys) {
      try $0.put([UInt8](repeating: 2, count: 300), .group, fixture.mara)
    }
    #expect(Data(try fixture.everyByte()).firstRange(of: old) != nil)
    try store.eraseTraces()
    #expect(Data(try fixture.everyByte()).firstRange(of: old) == nil)
    #expect(Data(try fixture.everyByte()).firstRange(of: old.suffix(64)) == nil)
  }

  @Test func `no content is found in the files in any spelling`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let canary = "Ich träume jede Nacht vom Fluss"
    let content = Array(canary.utf8)
    try store.transaction(fixture.keys) { tx throws in
      for table in Table.allCases { try tx.put(content, table, fixture.mara) }
      for number in UInt64(0)..<50 {
        try tx.put(content, .message, fixture.mara, RecordKey(number))
      }
    }
    try store.transaction(fixture.keys) { try $0.deleteAll(.message, fixture.mara) }
    func scan() throws {
      let bytes = Data(try fixture.everyByte())
      let spellings: [Data] = [
        Data(content), Data(Hex.encode(content).utf8), Data(Hex.encode(content).uppercased().utf8),
        // Base64 of the canary at each of the three offsets that it can have in a longer text.
        Data(Data(content.dropLast(content.count % 3)).base64EncodedString().utf8),
        Data(Data(content.dropFirst(1).prefix(24)).base64EncodedString().utf8),
        Data(Data(content.dropFirst(2).prefix(24)).base64EncodedString().utf8),
        try #require(canary.data(using: .utf16LittleEndian)),
        try #require(canary.data(using: .utf16BigEndian)),
      ]
      for spelling in spellings { #expect(bytes.firstRange(of: spelling) == nil) }
      // The keys are not there either.
      #expect(bytes.firstRange(of: Data(repeating: 7, count: 32)) == nil)
    }
    try scan()
    try store.eraseTraces()
    try scan()
    try store.close()
    try scan()
  }
}
