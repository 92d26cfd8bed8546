// SPDX-License-Identifier: Apache-2.0

/// Something happened that must not.
struct Violation: Error {
  let what: String
}
