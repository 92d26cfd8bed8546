// SPDX-License-Identifier: Apache-2.0

import CSodium

/// libsodium, initialised once before its first use.
enum Sodium {
  /// Nothing in this module works without it: `sodium_init` fails only where the system has no
  /// source of randomness, and then going on would be worse than ending.
  static let ready: Bool = {
    precondition(sodium_init() >= 0, "libsodium finds no source of randomness")
    return true
  }()
}
