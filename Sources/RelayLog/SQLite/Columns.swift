// SPDX-License-Identifier: Apache-2.0

import GRDBSQLite
import RelayProtocol

/// The row that a statement stands at: SQLite's types as the protocol's.
@safe struct Columns {
  // Safe: it is handed to the body of one step, which does not keep it.
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) { unsafe self.handle = unsafe handle }

  func isNull(_ index: Int32) -> Bool {
    unsafe sqlite3_column_type(handle, index) == SQLITE_NULL
  }

  func integer(_ index: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, index) }

  /// Empty for NULL too.
  func bytes(_ index: Int32) -> [UInt8] {
    guard let start = unsafe sqlite3_column_blob(handle, index) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(handle, index))
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// A fixed-size value, or the finding that the store contradicts itself.
  func value<T: OpaqueBytes>(_ index: Int32) throws -> T {
    do { return try T(bytes: bytes(index)) } catch { throw RelayStoreError.integrity }
  }

  func position(_ index: Int32) throws -> Position {
    let value = integer(index)
    guard value >= 0 else { throw RelayStoreError.integrity }
    return Position(UInt64(value))
  }

  func kind(_ index: Int32) -> ChannelClass { integer(index) == 0 ? .intake : .relationship }

  func named(_ index: Int32) throws -> NamedHashes {
    let bytes = bytes(index)
    if bytes.isEmpty { return .none }
    guard bytes.count == 64 else { throw RelayStoreError.integrity }
    return NamedHashes(
      token: TokenHash(checked: Array(bytes[..<32])), turn: TurnHash(checked: Array(bytes[32...])))
  }
}

extension PreparedStatement.Value {
  static func position(_ position: Position) -> Self {
    .integer(Int64(clamping: position.value))
  }

  static func value(_ value: some OpaqueBytes) -> Self { .blob(value.bytes) }

  static func kind(_ kind: ChannelClass) -> Self { .integer(kind == .intake ? 0 : 1) }
}
