// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol

/// Reads every part of a store and computes its hash again.
enum BlobExamination {
  /// What is wrong, in words without ids; also while a relay serves the store.
  static func findings(path: String, _ reader: DatabaseQueue) throws -> [String] {
    let parts = try reader.read { database in
      guard try RelaySchema.hasBlobs(database) else { return [(name: PartName, hash: PartHash)]() }
      var parts: [(name: PartName, hash: PartHash)] = []
      try PreparedStatement("SELECT name, hash FROM part ORDER BY name", in: database).each([]) {
        parts.append((PartName(checked: $0.bytes(0)), try $0.value(1)))
        return true
      }
      return parts
    }
    let files = BlobFiles(of: path)
    var missing = 0
    var damaged = 0
    for part in parts {
      if let bytes = FileManager.default.contents(atPath: files.path(part.name)) {
        if Digest.sha256(Array(bytes)) != part.hash.bytes { damaged += 1 }
        continue
      }
      // The row is looked for again: a relay that serves may have taken the blob away.
      let isKnown = try reader.read { database in
        try PreparedStatement("SELECT 1 FROM part WHERE name = ?", in: database)
          .first(.blob(part.name.bytes)) { _ in true }
      }
      if isKnown == true { missing += 1 }
    }
    return [(missing, "missing"), (damaged, "damaged")].compactMap { count, what in
      count == 0
        ? nil
        : "\(count) part\(count == 1 ? "" : "s") of blobs \(count == 1 ? "is" : "are") \(what)"
    }
  }
}
