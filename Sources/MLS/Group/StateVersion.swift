// SPDX-License-Identifier: Apache-2.0

import WireFormat

/// The version that every stored form of this module begins with; a KeyPackage's is the first still.
struct StateVersion: WireNumber {
  let rawValue: UInt16
  init(rawValue: UInt16) { self.rawValue = rawValue }

  static let first = StateVersion(rawValue: 1)
  /// Of groups: that of ``first`` is still read.
  static let current = StateVersion(rawValue: 2)
}
