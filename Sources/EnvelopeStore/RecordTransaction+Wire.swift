// SPDX-License-Identifier: Apache-2.0

public import WireFormat

extension RecordTransaction {
  /// The record at an address, decoded; bytes that do not decode are ``StoreError/integrity``.
  public func get<Value: WireDecodable>(
    _ type: Value.Type, _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) -> Value? {
    guard let bytes = try get(table, owner, key) else { return nil }
    do { return try Value(wireBytes: bytes) } catch { throw .integrity }
  }

  /// Stores the encoding of a value.
  public func put(
    _ value: some WireEncodable, _ table: Table, _ owner: RecordOwner, _ key: RecordKey = .only
  ) throws(StoreError) {
    try put(value.wireBytes, table, owner, key)
  }

  /// The records of a range, decoded, each with its key.
  public func scan<Value: WireDecodable>(
    _ type: Value.Type, _ table: Table, _ owner: RecordOwner, _ range: RecordRange = .all,
    _ order: RecordOrder = .forwards, limit: Int = .max
  ) throws(StoreError) -> [(key: RecordKey, value: Value)] {
    var values: [(key: RecordKey, value: Value)] = []
    for record in try scan(table, owner, range, order, limit: limit) {
      do { values.append((record.key, try Value(wireBytes: record.bytes))) } catch {
        throw .integrity
      }
    }
    return values
  }
}
