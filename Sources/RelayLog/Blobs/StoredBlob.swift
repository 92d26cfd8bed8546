// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// A blob's row with its number in the store.
struct StoredBlob {
  let number: Int64
  let stage: BlobStage

  static func find(
    _ id: BlobID, in channel: StoredChannel, _ database: Database
  ) throws -> StoredBlob? {
    try PreparedStatement(
      "SELECT b, gone, parts, hash, sealed_at FROM blob WHERE ch = ? AND id = ?", in: database
    ).first(.integer(channel.number), .value(id)) { row in
      StoredBlob(number: row.integer(0), stage: try stage(row))
    }
  }

  private static func stage(_ row: Columns) throws -> BlobStage {
    let sealedAt = row.isNull(4) ? nil : try row.position(4)
    if row.integer(1) != 0 { return .gone(sealedAt: sealedAt) }
    guard let sealedAt else { return .open }
    guard let seal = BlobSeal(parts: UInt64(clamping: row.integer(2)), hash: try row.value(3))
    else { throw RelayStoreError.integrity }
    return .sealed(seal, at: sealedAt)
  }

  func part(
    _ index: PartIndex, _ database: Database
  ) throws -> (hash: PartHash, name: PartName)? {
    try PreparedStatement("SELECT hash, name FROM part WHERE b = ? AND idx = ?", in: database)
      .first(.integer(number), .integer(Int64(index.value))) { row in
        (try row.value(0), PartName(checked: row.bytes(1)))
      }
  }

  /// The seal of the parts that are there; nil for none, or with a gap between them.
  func collected(_ database: Database) throws -> BlobSeal? {
    var hashes: [PartHash] = []
    var hasGap = false
    try PreparedStatement("SELECT idx, hash FROM part WHERE b = ? ORDER BY idx", in: database)
      .each([.integer(number)]) { row in
        hasGap = row.integer(0) != Int64(hashes.count)
        if !hasGap { hashes.append(try row.value(1)) }
        return !hasGap
      }
    return hasGap ? nil : BlobSeal(of: hashes)
  }

  /// How far it is, for those who may know.
  func state(_ database: Database) throws -> BlobState? {
    switch stage {
    case .gone: return nil
    case .sealed(let seal, _): return .sealed(seal)
    case .open: break
    }
    var set = PartSet()
    try PreparedStatement("SELECT idx FROM part WHERE b = ?", in: database)
      .each([.integer(number)]) { row in
        guard let index = PartIndex(UInt64(clamping: row.integer(0))) else {
          throw RelayStoreError.integrity
        }
        set.insert(index)
        return true
      }
    return .open(set)
  }

  /// The names of consecutive parts, each of ``PartName/length`` bytes.
  func names(_ parts: Range<UInt32>, _ database: Database) throws -> [UInt8] {
    var names: [UInt8] = []
    try PreparedStatement(
      "SELECT name FROM part WHERE b = ? AND idx >= ? AND idx < ? ORDER BY idx", in: database
    ).each([.integer(number), .integer(Int64(parts.lowerBound)), .integer(Int64(parts.upperBound))])
    { row in
      names += row.bytes(0)
      return true
    }
    guard names.count == parts.count * PartName.length else { throw RelayStoreError.integrity }
    return names
  }
}
