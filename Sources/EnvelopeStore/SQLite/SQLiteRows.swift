// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// The rows of the database inside one transaction.
final class SQLiteRows: RowStorage {
  private let database: Database

  init(_ database: Database) { self.database = database }

  private static let columns = "kind, owner, key, generation, sealed"
  private static let place = "kind = ? AND owner = ? AND key = ?"

  func row(_ address: RecordAddress) throws(StoreError) -> SealedRow? {
    try attempt {
      let statement = try database.cachedStatement(
        sql: "SELECT \(Self.columns) FROM record WHERE \(Self.place)")
      return try Row.fetchOne(statement, arguments: arguments(address)).map(Self.decode)
    }
  }

  func store(_ row: SealedRow) throws(StoreError) {
    try attempt {
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO record (\(Self.columns)) VALUES (?, ?, ?, ?, ?)")
      try statement.execute(
        arguments: [
          Int(row.address.table.rawValue), Data(row.address.owner.bytes),
          Data(row.address.key.bytes), Int64(row.generation.value), Data(row.sealed),
        ])
    }
  }

  func remove(_ address: RecordAddress) throws(StoreError) -> Bool {
    try attempt {
      let statement = try database.cachedStatement(sql: "DELETE FROM record WHERE \(Self.place)")
      try statement.execute(arguments: arguments(address))
      return database.changesCount > 0
    }
  }

  func removeAll(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange
  ) throws(StoreError) -> Int {
    try attempt {
      let (condition, arguments) = Self.condition(table, owner, range)
      try database.cachedStatement(sql: "DELETE FROM record WHERE \(condition)")
        .execute(arguments: arguments)
      return database.changesCount
    }
  }

  func removeEverything(_ owner: RecordOwner) throws(StoreError) -> Int {
    try attempt {
      try database.cachedStatement(sql: "DELETE FROM record WHERE owner = ?")
        .execute(arguments: [Data(owner.bytes)])
      return database.changesCount
    }
  }

  func rows(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange, _ order: RecordOrder, limit: Int
  ) throws(StoreError) -> [SealedRow] {
    try attempt {
      try fetch(Self.columns, table, owner, range, order, limit: limit).map(Self.decode)
    }
  }

  func keys(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange, _ order: RecordOrder, limit: Int
  ) throws(StoreError) -> [RecordKey] {
    try attempt {
      try fetch("key", table, owner, range, order, limit: limit).map {
        guard let key: Data = $0[0] else { return .only }
        return RecordKey(Array(key))
      }
    }
  }

  func count(_ table: Table, _ owner: RecordOwner) throws(StoreError) -> Int {
    try attempt {
      let statement = try database.cachedStatement(
        sql: "SELECT count(*) FROM record WHERE kind = ? AND owner = ?")
      return try Int.fetchOne(
        statement, arguments: [Int(table.rawValue), Data(owner.bytes)]) ?? 0
    }
  }

  func owners() throws(StoreError) -> Set<RecordOwner> {
    try attempt {
      let rows = try Row.fetchAll(database, sql: "SELECT DISTINCT owner FROM record")
      return try Set(
        rows.map { row in
          guard let owner = RecordOwner(Self.blob(row[0])) else { throw StoreError.integrity }
          return owner
        })
    }
  }

  func everyRow(after address: RecordAddress?, limit: Int) throws(StoreError) -> [SealedRow] {
    try attempt {
      let condition = address == nil ? "" : "WHERE (kind, owner, key) > (?, ?, ?)"
      let statement = try database.cachedStatement(
        sql: """
          SELECT \(Self.columns) FROM record \(condition)
          ORDER BY kind, owner, key LIMIT \(limit)
          """)
      return try Row.fetchAll(statement, arguments: address.map(arguments) ?? [])
        .map(Self.decode)
    }
  }

  private func fetch(
    _ columns: String, _ table: Table, _ owner: RecordOwner, _ range: RecordRange,
    _ order: RecordOrder, limit: Int
  ) throws -> [Row] {
    let (condition, arguments) = Self.condition(table, owner, range)
    let direction = order == .forwards ? "ASC" : "DESC"
    let statement = try database.cachedStatement(
      sql: "SELECT \(columns) FROM record WHERE \(condition) ORDER BY key \(direction) LIMIT ?")
    return try Row.fetchAll(statement, arguments: arguments + [max(0, limit)])
  }

  private func arguments(_ address: RecordAddress) -> StatementArguments {
    [Int(address.table.rawValue), Data(address.owner.bytes), Data(address.key.bytes)]
  }

  private static func condition(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange
  ) -> (String, StatementArguments) {
    var condition = "kind = ? AND owner = ?"
    var arguments: StatementArguments = [Int(table.rawValue), Data(owner.bytes)]
    if let lower = range.lower {
      condition += " AND key >= ?"
      arguments += [Data(lower.bytes)]
    }
    if let upper = range.upper {
      condition += " AND key <= ?"
      arguments += [Data(upper.bytes)]
    }
    return (condition, arguments)
  }

  /// Reads a row that anybody may have tampered with: what cannot be one is an integrity error.
  private static func decode(_ row: Row) throws -> SealedRow {
    guard let kind = Int64.fromDatabaseValue(row[0] as DatabaseValue),
      let table = UInt8(exactly: kind).flatMap(Table.init(rawValue:)),
      let owner = RecordOwner(Self.blob(row[1])),
      let number = Int64.fromDatabaseValue(row[3] as DatabaseValue),
      let generation = UInt32(exactly: number)
    else { throw StoreError.integrity }
    return SealedRow(
      address: RecordAddress(table, owner, RecordKey(Self.blob(row[2]))),
      generation: KeyGeneration(generation), sealed: Self.blob(row[4]))
  }

  private static func blob(_ value: DatabaseValue) -> [UInt8] {
    // GRDB hands an empty blob out as empty data, never as NULL.
    guard case .blob(let data) = value.storage else { return [] }
    return Array(data)
  }

  private func attempt<Answer>(_ body: () throws -> Answer) throws(StoreError) -> Answer {
    do { return try body() } catch { throw SQLiteFailure.storeError(error) }
  }
}
