// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a file system lets a program do.
enum DiskState {
  case usable, full, readOnly

  init(_ path: String) {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else {
      self = .usable
      return
    }
    // ST_RDONLY; and less than the smallest store takes.
    self =
      status.f_flag & 1 != 0
      ? .readOnly : status.f_bavail &* status.f_frsize < 128 << 10 ? .full : .usable
  }
}
