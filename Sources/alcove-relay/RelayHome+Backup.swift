// SPDX-License-Identifier: Apache-2.0

import Foundation
import RelayLog

extension RelayHome {
  /// What a copy is to become.
  enum Copy {
    case backup, relay
  }

  /// Whether this is a copy that `backup` made, and no relay yet.
  var isBackup: Bool { FileManager.default.fileExists(atPath: mark(.backup)) }

  /// What stands in a copy from its first moment: in a backup to its last, in a relay until it is whole.
  func mark(_ copy: Copy) -> String {
    path + (copy == .backup ? "/backup" : "/restoring")
  }

  /// Refuses a backup: served as it is it would show members an older log under the incarnation that they
  /// know, and nothing could tell that from a fork.
  func requireRelay() throws(Failure) {
    try requireWhole()
    guard isBackup else { return }
    throw Failure(
      code: "backup", exit: 1,
      message:
        "\(path) is a backup, not a relay: served as it is, every relationship on it would break"
        + " for good. Nothing was changed.",
      next: ["alcove-relay restore --from \(word) --directory NEW"])
  }

  /// Refuses what an interrupted restore has left: it lacks files, and is no backup either.
  func requireWhole() throws(Failure) {
    guard FileManager.default.fileExists(atPath: mark(.relay)) else { return }
    throw Failure(
      code: "unfinished", exit: 1,
      message: "A restore to \(path) was interrupted: it is no relay. Nothing was changed.",
      next: ["alcove-relay restore --from BACKUP --directory NEW", "rm -r \(word)"])
  }
}
