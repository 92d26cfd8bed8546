// SPDX-License-Identifier: Apache-2.0

import CSodium

/// Whether both are the same bytes, in time that does not depend on them; the length is no secret
/// and is compared first.
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  _ = Sodium.ready
  return unsafe sodium_memcmp(a, b, a.count) == 0
}
