// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What a process that holds keys gives up at its start: core files, debuggers, the runtime's
/// backtracer, which prints the memory behind registers.
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
    umask(0o077)
  }

  /// Whether the two settings stand, as `doctor` asks.
  static var isInForce: Bool {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(4), &limit) == 0 else { return false }
    return limit.rlim_max == 0 && clinux_prctl(3 /* PR_GET_DUMPABLE */, 0) == 0
  }
}
