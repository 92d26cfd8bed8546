// SPDX-License-Identifier: Apache-2.0

/// What a transaction needs of a storage: sealed rows, ordered by table, owner and key.
package protocol RowStorage: AnyObject {
  func row(_ address: RecordAddress) throws(StoreError) -> SealedRow?
  func store(_ row: SealedRow) throws(StoreError)
  func remove(_ address: RecordAddress) throws(StoreError) -> Bool
  func removeAll(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange
  ) throws(StoreError) -> Int
  func removeEverything(_ owner: RecordOwner) throws(StoreError) -> Int
  func rows(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange, _ order: RecordOrder, limit: Int
  ) throws(StoreError) -> [SealedRow]
  func keys(
    _ table: Table, _ owner: RecordOwner, _ range: RecordRange, _ order: RecordOrder, limit: Int
  ) throws(StoreError) -> [RecordKey]
  func count(_ table: Table, _ owner: RecordOwner) throws(StoreError) -> Int
  /// Whoever has a row.
  func owners() throws(StoreError) -> Set<RecordOwner>
  /// All rows of the store in the order of their addresses, for checks.
  func everyRow(after address: RecordAddress?, limit: Int) throws(StoreError) -> [SealedRow]
}
