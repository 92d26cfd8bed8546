// SPDX-License-Identifier: Apache-2.0

internal import Primitives
public import WireFormat

extension RecordTransaction {
  /// The record at an address, decoded; bytes that do not decode are ``StoreError/integrity``.
  public func get<Value: WireDecodable>(
    _ type: Value.Type, _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) -> Value? {
    guard var bytes = try get(table, owner, key) else { return nil }
    // A record may hold secrets, which their own types wipe.
    defer { bytes.wipe() }
    do { return try Value(wireBytes: bytes) } catch { throw .integrity }
  }

  /// Stores the encoding of a value.
  public func put(
    _ value: some WireEncodable, _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) {
    var bytes = value.wireBytes
    defer { bytes.wipe() }
    try put(bytes, table, owner, key)
  }

  /// The records of a range, decoded, each with its key.
  public func scan<Value: WireDecodable>(
    _ type: Value.Type, _ table: Table, _ owner: RecordOwner, _ range: RecordRange = .all,
    _ order: RecordOrder = .forwards, limit: Int = .max
  ) throws(StoreError) -> [(key: RecordKey, value: Value)] {
    var values: [(key: RecordKey, value: Value)] = []
    var records = try scan(table, owner, range, order, limit: limit)
    for index in records.indices {
      // In place: whatever else held the bytes would keep them.
      defer { records[index].bytes.wipe() }
      do {
        values.append((records[index].key, try Value(wireBytes: records[index].bytes)))
      } catch {
        throw .integrity
      }
    }
    return values
  }
}
