// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A number that goes up and down.
final class Level: Sendable {
  private let value = Atomic(0)

  /// What it is afterwards.
  @discardableResult
  func add(_ count: Int) -> Int { value.add(count, ordering: .relaxed).newValue }
  var current: Int { value.load(ordering: .relaxed) }
}
