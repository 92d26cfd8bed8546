// SPDX-License-Identifier: Apache-2.0

import WireFormat

/// The version that every stored form of this module begins with.
struct StateVersion: WireNumber {
  let rawValue: UInt16
  init(rawValue: UInt16) { self.rawValue = rawValue }

  static let current = StateVersion(rawValue: 1)
}
