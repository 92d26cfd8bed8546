// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Environment variables; never for a secret, since other processes and crash reports can see them.
enum Environment {
  /// The value, or nil when unset or empty.
  static subscript(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Whether hooks that only tests may use are allowed in this process.
  static var allowsTestHooks: Bool { self["ALCOVE_TEST_HOOKS"] == "1" }
}
