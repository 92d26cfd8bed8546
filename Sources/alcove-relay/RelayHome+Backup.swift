// SPDX-License-Identifier: Apache-2.0

import Foundation
import RelayLog

extension RelayHome {
  /// What a copy is to become.
  enum Copy {
    case backup, relay
  }

  /// Whether this is a copy that `backup` made, or what an interrupted `restore` left, and no relay yet.
  var isBackup: Bool { FileManager.default.fileExists(atPath: copyMark) }

  /// Stands in a copy from its first moment: in a backup to its last, in a restored relay until it is whole.
  var copyMark: String { path + "/backup" }

  /// Refuses a backup: served as it is it would show members an older log under the incarnation that they
  /// know, and nothing could tell that from a fork.
  func requireRelay() throws(Failure) {
    guard isBackup else { return }
    throw Failure(
      code: "backup", exit: 1,
      message:
        "\(path) is a backup, or what an interrupted restore left, and not a relay: served as it is, every"
        + " relationship on it would break for good. Nothing was changed.",
      next: ["alcove-relay restore --from \(word) --directory NEW"])
  }
}
