// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Foundation
import GRDB
import Primitives

/// A profile directory that is removed with the last reference, two owners and their keys.
final class StoreFixture: Sendable {
  let directory: String
  let mara = StoreFixture.mara
  let jonas = StoreFixture.jonas
  let keys: DataKeys

  static let mara = RecordOwner(Array(1...16))!
  static let jonas = RecordOwner(Array(101...116))!

  init() throws {
    directory = NSTemporaryDirectory() + "alcove-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    keys = try Self.keys()
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The same keys in every process.
  static func keys() throws -> DataKeys {
    var keys = DataKeys()
    try keys.add(SharedSecret([UInt8](repeating: 7, count: 32)), for: mara)
    try keys.add(SharedSecret([UInt8](repeating: 9, count: 32)), for: jonas)
    return keys
  }

  var path: String { directory + "/store.sqlite" }

  func open(_ opening: SQLiteRecordStore.Opening = .creating) throws -> SQLiteRecordStore {
    try Self.open(directory, opening)
  }

  static func open(
    _ directory: String, _ opening: SQLiteRecordStore.Opening = .creating
  ) throws -> SQLiteRecordStore {
    try SQLiteRecordStore(
      path: directory + "/store.sqlite", lock: ProfileLock(path: directory + "/lock"),
      opening: opening, random: SystemRandom())
  }

  /// Changes the database behind the store's back.
  func tamper(_ sql: String, _ arguments: StatementArguments = []) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql, arguments: arguments) }
    try queue.close()
  }

  /// All bytes of all files of the directory.
  func everyByte() throws -> [UInt8] {
    try FileManager.default.contentsOfDirectory(atPath: directory).flatMap {
      Array(try Data(contentsOf: URL(filePath: directory + "/" + $0)))
    }
  }
}

/// The implementations that one contract covers.
enum StoreKind: CaseIterable, Sendable {
  case memory, memorySealed, sqlite

  func open(_ fixture: StoreFixture) throws -> any RecordStore {
    switch self {
    case .memory: MemoryRecordStore(random: SeededRandom(seed: 1))
    case .memorySealed: MemoryRecordStore(random: SeededRandom(seed: 1), sealing: .sealed)
    case .sqlite: try fixture.open()
    }
  }
}
