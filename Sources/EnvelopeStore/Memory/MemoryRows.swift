// SPDX-License-Identifier: Apache-2.0

/// The rows of a ``MemoryDisk`` as a transaction sees them: written in place, with a list of what to
/// put back when it is undone.
final class MemoryRows: RowStorage, @unchecked Sendable {
  // Used under the lock of the store alone, which is why it may be unchecked.
  private let disk: MemoryDisk
  private var undo: [(RecordAddress, SealedRow?)] = []

  init(_ disk: MemoryDisk) { self.disk = disk }

  func commit() {
    let wrote = undo.contains { $0.1 != nil }
    undo.removeAll(keepingCapacity: true)
    disk.withState {
      $0.commits += 1
      if wrote { $0.tracesLeft = true }
    }
  }

  func rollBack() {
    let undo = self.undo
    self.undo = []
    disk.withState { state in
      for (address, row) in undo.reversed() { _ = state.set(address, to: row) }
    }
  }

  func eraseTraces() { disk.withState { $0.tracesLeft = false } }

  func row(_ address: RecordAddress) throws(StoreError) -> SealedRow? {
    disk.withState { state in
      guard let rows = state.rows[.init(table: address.table, owner: address.owner)],
        let index = rows.index(of: address.key)
      else { return nil }
      return rows.values[index]
    }
  }

  func store(_ row: SealedRow) throws(StoreError) {
    let before = disk.withState { $0.set(row.address, to: row) }
    undo.append((row.address, before))
  }

  func remove(_ address: RecordAddress) throws(StoreError) -> Bool {
    guard let before = disk.withState({ $0.set(address, to: nil) }) else { return false }
    undo.append((address, before))
    return true
  }

  func removeAll(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange
  ) throws(StoreError) -> Int {
    let keys = try keys(table, owner, range, .backwards, limit: .max)
    for key in keys { _ = try remove(RecordAddress(table, owner, key)) }
    return keys.count
  }

  func removeEverything(_ owner: RecordOwner) throws(StoreError) -> Int {
    var count = 0
    for table in Table.allCases { count += try removeAll(table, owner, .all) }
    return count
  }

  func rows(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange, _ order: RecordOrder, limit: Int
  ) throws(StoreError) -> [SealedRow] {
    disk.withState { state in
      guard let rows = state.rows[.init(table: table, owner: owner)] else { return [] }
      let found = rows.values[rows.indices(range)]
      return switch order {
      case .forwards: Array(found.prefix(max(0, limit)))
      case .backwards: Array(found.suffix(max(0, limit)).reversed())
      }
    }
  }

  func keys(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange, _ order: RecordOrder, limit: Int
  ) throws(StoreError) -> [RecordKey] {
    disk.withState { state in
      guard let rows = state.rows[.init(table: table, owner: owner)] else { return [] }
      let found = rows.keys[rows.indices(range)]
      return switch order {
      case .forwards: Array(found.prefix(max(0, limit)))
      case .backwards: Array(found.suffix(max(0, limit)).reversed())
      }
    }
  }

  func count(_ table: Table, _ owner: RecordOwner) throws(StoreError) -> Int {
    disk.withState { $0.rows[.init(table: table, owner: owner)]?.keys.count ?? 0 }
  }

  func owners() throws(StoreError) -> Set<RecordOwner> {
    disk.withState { state in
      Set(state.rows.filter { !$0.value.keys.isEmpty }.map(\.key.owner))
    }
  }

  func everyRow(after address: RecordAddress?, limit: Int) throws(StoreError) -> [SealedRow] {
    disk.withState { state in
      let all = state.rows.values.flatMap(\.values).sorted { $0.address < $1.address }
      return Array(all.drop { row in address.map { !($0 < row.address) } ?? false }.prefix(limit))
    }
  }
}

extension MemoryDisk.State {
  /// Puts a row, or nothing, at an address and answers what was there.
  fileprivate mutating func set(_ address: RecordAddress, to row: SealedRow?) -> SealedRow? {
    let bucket = MemoryDisk.Bucket(table: address.table, owner: address.owner)
    // One look-up with an in-place change: the arrays must not be copied for each row.
    return rows[bucket, default: .init()].set(address.key, to: row)
  }
}

extension MemoryDisk.Rows {
  fileprivate mutating func set(_ key: RecordKey, to row: SealedRow?) -> SealedRow? {
    let index = lowerBound(key)
    let exists = index < keys.count && keys[index] == key
    let before = exists ? values[index] : nil
    switch (row, exists) {
    case (.some(let row), true):
      values[index] = row
    case (.some(let row), false):
      keys.insert(key, at: index)
      values.insert(row, at: index)
    case (nil, true):
      keys.remove(at: index)
      values.remove(at: index)
    case (nil, false):
      break
    }
    return before
  }
}
