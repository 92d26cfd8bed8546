// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc

extension Failure {
  /// A store that cannot be written on a disk without room is a full disk, whatever SQLite calls it.
  func considering(diskOf path: String?) -> Failure {
    guard let path, ["store-unavailable", ToolCode.fileTrouble.rawValue].contains(code) else {
      return self
    }
    var facts = statvfs()
    guard unsafe statvfs(path, &facts) == 0,
      UInt64(facts.f_bavail) * UInt64(facts.f_frsize) < 65_536
    else { return self }
    return Failure(EngineError(.storeFull))
  }
}
