// SPDX-License-Identifier: Apache-2.0

/// Commands that have their place in the design and are not built yet: they say so when typed, and are
/// not listed as available.
enum Coming {
  static let commands = ["save", "retention", "erase", "device", "backup", "restore"]

  static func failure(_ what: String) -> Failure {
    Failure(.notYet, "`alcove \(what)` is not built yet")
  }
}
