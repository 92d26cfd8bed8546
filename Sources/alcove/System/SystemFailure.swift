// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A system call that failed: the call and its errno.
struct SystemFailure: Error, Equatable {
  var call: String
  var number: Int32

  /// The failure of the call that has just returned -1.
  static func last(_ call: String) -> SystemFailure {
    SystemFailure(call: call, number: errno)
  }

  /// What the system says about it, such as "No such file or directory".
  var reason: String { unsafe String(cString: strerror(number)) }
}
