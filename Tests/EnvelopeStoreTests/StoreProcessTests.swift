// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Foundation
import Primitives
import Synchronization
import Testing

/// Several processes on one profile, and processes that are killed.
@Suite struct StoreProcessTests {
  /// Counts up in one record and notes each count in another, one step per count.
  static func count(_ times: Int, in directory: String) throws {
    let keys = try StoreFixture.keys()
    let store = try StoreFixture.open(directory)
    for _ in 0..<times { try countOnce(store, keys) }
    try store.eraseTraces()
    try store.close()
  }

  static func countOnce(_ store: SQLiteRecordStore, _ keys: DataKeys) throws {
    try store.transaction(keys) { tx throws in
      let number = try tx.get(.profile, StoreFixture.mara).flatMap { RecordKey($0).number } ?? 0
      try tx.put(RecordKey(number + 1).bytes, .profile, StoreFixture.mara)
      try tx.put([1], .message, StoreFixture.mara, RecordKey(number + 1))
    }
  }

  static func set(_ name: String, _ value: String) { _ = unsafe setenv(name, value, 1) }

  /// The count, after checking that no count was lost or given twice.
  static func audited(_ directory: String) throws -> Int {
    let keys = try StoreFixture.keys()
    let store = try StoreFixture.open(directory, .existing)
    try store.checkIntegrity(keys)
    let (number, notes) = try store.read(keys) { tx throws in
      (
        try tx.get(.profile, StoreFixture.mara).flatMap { RecordKey($0).number } ?? 0,
        try tx.keys(.message, StoreFixture.mara).map(\.number)
      )
    }
    #expect(notes == (0..<number).map { $0 + 1 })
    try store.close()
    return Int(number)
  }

  @Test func `eight processes at once lose no step`() async throws {
    let fixture = try StoreFixture()
    let directory = fixture.directory
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          await #expect(processExitsWith: .success) { [directory = directory as String] in
            try StoreProcessTests.count(25, in: directory)
          }
        }
      }
    }
    #expect(try Self.audited(directory) == 200)
  }

  @Test func `eight threads on one store lose no step`() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let failures = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<25 {
        do { try Self.countOnce(store, fixture.keys) } catch {
          failures.add(1, ordering: .relaxed)
        }
      }
    }
    try store.close()
    #expect(failures.load(ordering: .relaxed) == 0)
    #expect(try Self.audited(fixture.directory) == 200)
  }

  @Test func `who waits too long for the profile is told so`() throws {
    let fixture = try StoreFixture()
    let holder = ProfileLock(path: fixture.directory + "/lock")
    let waiter = ProfileLock(path: fixture.directory + "/lock", patience: .milliseconds(50))
    try holder.withLock {
      // The same thread may enter again; another holder may not.
      try holder.withLock {}
      #expect(throws: StoreError.busy) { try waiter.withLock {} }
    }
    try waiter.withLock {}
  }

  /// Opening, two steps with three flushes between them, erasing: at each crash point a new process.
  @Test(arguments: 1...10)
  func `a process killed at any write leaves whole steps`(point: Int) async throws {
    let fixture = try StoreFixture()
    let directory = fixture.directory
    // The first two points lie in creating the store.
    let (before, after) = (0, 3)
    let expected: ExitTest.Condition = point <= 10 ? .signal(SIGKILL) : .success
    await #expect(processExitsWith: expected) {
      [directory = directory as String, point = point as Int] in
      StoreProcessTests.set("ALCOVE_TEST_HOOKS", "1")
      StoreProcessTests.set("ALCOVE_CRASH_AT", "\(point)")
      try StoreProcessTests.count(3, in: directory)
    }
    // Points come in pairs, before and after: 1, 2 create; 3...8 are the steps; 9, 10 erase.
    let found =
      try FileManager.default.fileExists(atPath: fixture.path) && point > 1
      ? Self.audited(directory) : before
    #expect(found == min(max(0, point / 2 - 1), after))
    try Self.count(1, in: directory)
    #expect(try Self.audited(directory) == found + 1)
  }

  @Test func `the environment kills nobody without the second variable`() async throws {
    let fixture = try StoreFixture()
    let directory = fixture.directory
    await #expect(processExitsWith: .success) { [directory = directory as String] in
      StoreProcessTests.set("ALCOVE_CRASH_AT", "1")
      try StoreProcessTests.count(1, in: directory)
    }
    #expect(try Self.audited(directory) == 1)
  }
}
