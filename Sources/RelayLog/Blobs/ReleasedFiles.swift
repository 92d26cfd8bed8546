// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Files whose rows the writer has deleted: hints for the sweeper, which asks the store about each.
final class ReleasedFiles: @unchecked Sendable {
  // Safe to share: everything is touched under the condition's lock alone.
  private let condition = NSCondition()
  private var names: [PartName] = []
  private var isOver = false

  func add(_ more: [PartName]) {
    condition.lock()
    names += more
    condition.signal()
    condition.unlock()
  }

  /// Waits for hints until `end`; then there may be none. Nil once it is closed.
  func next(until end: Date) -> [PartName]? {
    condition.lock()
    defer { condition.unlock() }
    while names.isEmpty, !isOver {
      guard condition.wait(until: end) else { break }
    }
    if isOver { return nil }
    defer { names = [] }
    return names
  }

  var isClosed: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isOver
  }

  func close() {
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
  }
}
