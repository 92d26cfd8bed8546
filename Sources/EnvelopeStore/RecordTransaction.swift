// SPDX-License-Identifier: Apache-2.0

package import Primitives

/// One step on the records, valid only while the closure to which it was passed runs.
///
/// Sealing and opening happen here, above the storage, so that no storage ever sees content.
public final class RecordTransaction {
  private let rows: any RowStorage
  private let keys: any RecordKeyRing
  private let random: any RandomSource
  private let sealing: RecordSealing
  private let writable: Bool
  private var isOver = false

  package init(
    rows: any RowStorage, keys: any RecordKeyRing, random: any RandomSource,
    sealing: RecordSealing, writable: Bool
  ) {
    self.rows = rows
    self.keys = keys
    self.random = random
    self.sealing = sealing
    self.writable = writable
  }

  /// The record at an address, or nil where there is none.
  public func get(
    _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) -> [UInt8]? {
    try requireOpen()
    guard let row = try rows.row(RecordAddress(table, owner, key)) else { return nil }
    return try open(row)
  }

  /// Whether there is a record at an address; nothing is opened.
  public func contains(
    _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) -> Bool {
    try requireOpen()
    return try rows.row(RecordAddress(table, owner, key)) != nil
  }

  /// Stores a record, in place of any that was there.
  public func put(
    _ bytes: [UInt8], _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) {
    try requireWritable()
    try rows.store(seal(bytes, at: RecordAddress(table, owner, key)))
  }

  /// Removes a record; says whether there was one.
  @discardableResult
  public func delete(
    _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) -> Bool {
    try requireWritable()
    return try rows.remove(RecordAddress(table, owner, key))
  }

  /// Removes the records of a range; says how many there were.
  @discardableResult
  public func deleteAll(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange = .all
  ) throws(StoreError) -> Int {
    try requireWritable()
    return try rows.removeAll(table, owner, range)
  }

  /// Removes every record that belongs to an owner; says how many there were.
  @discardableResult
  public func deleteEverything(of owner: RecordOwner) throws(StoreError) -> Int {
    try requireWritable()
    return try rows.removeEverything(owner)
  }

  /// The records of a range, in the order of their keys, at most `limit` of them.
  public func scan(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange = .all,
    _ order: RecordOrder = .forwards, limit: Int = .max
  ) throws(StoreError) -> [Record] {
    try requireOpen()
    var records: [Record] = []
    for row in try rows.rows(table, owner, range, order, limit: limit) {
      records.append(Record(key: row.address.key, bytes: try open(row)))
    }
    return records
  }

  /// The keys of a range; nothing is opened.
  public func keys(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange = .all,
    _ order: RecordOrder = .forwards, limit: Int = .max
  ) throws(StoreError) -> [RecordKey] {
    try requireOpen()
    return try rows.keys(table, owner, range, order, limit: limit)
  }

  /// The last record of a table, by key.
  public func last(_ table: Table, _ owner: RecordOwner) throws(StoreError) -> Record? {
    try scan(table, owner, .all, .backwards, limit: 1).first
  }

  /// How many records a table holds for an owner.
  public func count(_ table: Table, _ owner: RecordOwner) throws(StoreError) -> Int {
    try requireOpen()
    return try rows.count(table, owner)
  }

  /// Whoever has a record; nothing is opened. It goes through the whole store.
  public func owners() throws(StoreError) -> Set<RecordOwner> {
    try requireOpen()
    return try rows.owners()
  }

  /// Seals every record of an owner anew under the current key of the ring, so that older
  /// generations can be destroyed; says how many records it changed.
  @discardableResult
  public func reseal(_ owner: RecordOwner) throws(StoreError) -> Int {
    try requireWritable()
    let current = try keys.current(for: owner).generation
    var changed = 0
    for table in Table.allCases {
      var range = RecordRange.all
      while true {
        let batch = try rows.rows(table, owner, range, .forwards, limit: 64)
        guard let last = batch.last else { break }
        for row in batch where row.generation != current {
          try rows.store(seal(open(row), at: row.address))
          changed += 1
        }
        range = .after(last.address.key)
      }
    }
    return changed
  }

  /// Opens every row of the store.
  package func openEverything() throws(StoreError) {
    try requireOpen()
    var last: RecordAddress?
    while true {
      let batch = try rows.everyRow(after: last, limit: 64)
      guard let end = batch.last else { return }
      for row in batch { _ = try open(row) }
      last = end.address
    }
  }

  /// Makes a transaction that has escaped its closure harmless.
  package func finish() { isOver = true }

  private func requireOpen() throws(StoreError) {
    if isOver { throw .closed }
  }

  private func requireWritable() throws(StoreError) {
    try requireOpen()
    if !writable { throw .readOnly }
  }

  private func seal(
    _ bytes: [UInt8], at address: RecordAddress
  ) throws(StoreError) -> SealedRow {
    guard address.key.bytes.count <= RecordKey.maximumCount,
      bytes.count <= RecordSealer.maximumCount
    else { throw .tooLarge }
    let sealer = try keys.current(for: address.owner)
    let sealed =
      switch sealing {
      case .sealed: try sealer.seal(bytes, at: address, random: random)
      case .openForSimulation: bytes
      }
    return SealedRow(address: address, generation: sealer.generation, sealed: sealed)
  }

  private func open(_ row: SealedRow) throws(StoreError) -> [UInt8] {
    let sealer = try keys.sealer(for: row.address.owner, generation: row.generation)
    return switch sealing {
    case .sealed: try sealer.open(row.sealed, at: row.address)
    case .openForSimulation: row.sealed
    }
  }
}

/// Whether records are really sealed.
public enum RecordSealing: Sendable {
  /// As on every disk.
  case sealed
  /// Content lies open in memory: for a simulator that runs thousands of profiles. The key ring is
  /// still asked, so that a missing key shows.
  case openForSimulation
}
