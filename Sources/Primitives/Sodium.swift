// SPDX-License-Identifier: Apache-2.0

import CSodium

/// libsodium, initialised once before its first use.
///
/// Every function that calls a `crypto_` one says so itself, whoever made its keys: initialising chooses
/// among implementations with states of different shapes, and an operation that another thread is in the
/// middle of would go on with the other one.
enum Sodium {
  /// Nothing in this module works without it: `sodium_init` fails only where the system has no
  /// source of randomness, and then going on would be worse than ending.
  static let ready: Bool = {
    precondition(sodium_init() >= 0, "libsodium finds no source of randomness")
    return true
  }()
}
