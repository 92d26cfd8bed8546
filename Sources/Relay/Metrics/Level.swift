// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A number that goes up and down.
final class Level: Sendable {
  private let value = Atomic(0)

  func add(_ count: Int) { value.add(count, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}
