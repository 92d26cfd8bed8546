// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Files whose rows the writer has deleted: hints for the sweeper, which asks the store about each.
final class ReleasedFiles: @unchecked Sendable {
  // Safe to share: everything is touched under the condition's lock alone.
  private let condition = NSCondition()
  private var names: [PartName] = []
  private var isBegun = false
  private var isOver = false

  /// From now on the rows that the store shows are on the disk.
  func begin() {
    condition.lock()
    isBegun = true
    condition.signal()
    condition.unlock()
  }

  func add(_ more: [PartName]) {
    condition.lock()
    names += more
    condition.signal()
    condition.unlock()
  }

  /// Waits for hints until `end`; then there may be none. Nil once it is closed.
  ///
  /// None before ``begin()``: a file is gone for good, and a row that says so may not be there tomorrow.
  func next(until end: Date) -> [PartName]? {
    condition.lock()
    defer { condition.unlock() }
    while !isBegun, !isOver { condition.wait() }
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
