// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What a process that holds keys gives up at its start: no core files, no debuggers, no backtracer, which
/// prints the memory behind registers.
enum ProcessHardening {
  static func apply() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(4), &none)  // RLIMIT_CORE
    _ = clinux_prctl(4 /* PR_SET_DUMPABLE */, 0)
    // The runtime has installed its handlers before `main`; the environment comes too late here.
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
      signal(number, SIG_DFL)
    }
    // A reader that has left is seen as EPIPE by whoever writes.
    signal(SIGPIPE, SIG_IGN)
    // And a file that may not grow as EFBIG.
    signal(SIGXFSZ, SIG_IGN)
    umask(0o077)
    // A standard descriptor that was closed would be the next file that is opened: the store, say. What is
    // put in its place refuses, as a closed one does.
    for number in 0...2 as ClosedRange<Int32> where fcntl(number, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Takes as many open files as connections need.
  static func takeFiles(for connections: Int) {
    let wanted = rlim_t(connections + spareFiles)
    var files = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(7), &files) == 0, files.rlim_cur < wanted else {
      return
    }
    files.rlim_cur = min(wanted, files.rlim_max)
    _ = unsafe setrlimit(__rlimit_resource_t(7), &files)  // RLIMIT_NOFILE
  }

  /// How many connections the open files of this process are enough for.
  static var connections: Int {
    var files = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(7), &files) == 0 else { return .max }
    let most = Int(clamping: files.rlim_max)
    return max(1, most - min(spareFiles, most / 4))
  }

  /// For the store, its readers, whatever the runtime opens, and the parts of blobs that are on their
  /// way in or out.
  private static let spareFiles = 1_024
}
