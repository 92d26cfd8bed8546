// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Directories 0700, files 0600, and both the user's own; anything else is refused before it is read.
enum Privacy {
  /// What is wrong with a path, in words, and the command that mends it; nil when nothing is.
  static func fault(of path: String) -> (finding: String, mend: String)? {
    guard let facts = try? Files.facts(path) else { return nil }
    let shown = Printable.line(path)
    if facts.owner != getuid() {
      return ("another user owns \(shown)", "chown \(getuid()) \(Shell.quoted(path))")
    }
    guard facts.permissions & 0o077 != 0 else { return nil }
    let wanted = facts.kind == .directory ? "700" : "600"
    let mode = String(facts.permissions, radix: 8)
    return (
      "open to others (mode \(mode)): \(shown)", "chmod \(wanted) \(Shell.quoted(path))"
    )
  }

  /// The faults of a profile's directory and of everything in it.
  static func faults(of directories: Directories) -> [(finding: String, mend: String)] {
    let files = [directories.vault, directories.store, directories.lock]
    let side = ["-wal", "-shm"].map { directories.store + $0 }
    return ([directories.data] + files + side).compactMap(fault(of:))
  }

  static func require(_ directories: Directories) throws(Failure) {
    let faults = faults(of: directories)
    guard let first = faults.first else { return }
    throw Failure(.openToOthers, first.finding, next: faults.map(\.mend))
  }
}
