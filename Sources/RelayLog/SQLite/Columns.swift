// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import RelayProtocol

/// Between the protocol's types and SQLite's.
enum Columns {
  static func data(_ bytes: [UInt8]) -> Data { Data(bytes) }

  static func bytes(_ row: Row, _ index: Int) -> [UInt8] {
    (row[index] as Data?).map(Array.init) ?? []
  }

  /// A fixed-size value, or the finding that the store contradicts itself.
  static func value<T: OpaqueBytes>(_ row: Row, _ index: Int) throws -> T {
    do { return try T(bytes: bytes(row, index)) } catch { throw RelayStoreError.integrity }
  }

  static func position(_ row: Row, _ index: Int) throws -> Position {
    guard let value = row[index] as Int64?, value >= 0 else { throw RelayStoreError.integrity }
    return Position(UInt64(value))
  }

  static func named(_ row: Row, _ index: Int) throws -> NamedHashes {
    let bytes = bytes(row, index)
    if bytes.isEmpty { return .none }
    guard bytes.count == 64 else { throw RelayStoreError.integrity }
    return NamedHashes(
      token: TokenHash(checked: Array(bytes[..<32])), turn: TurnHash(checked: Array(bytes[32...])))
  }

  static func integer(_ position: Position) -> Int64 { Int64(clamping: position.value) }

  static func number(_ kind: ChannelClass) -> Int64 { kind == .intake ? 0 : 1 }
}
