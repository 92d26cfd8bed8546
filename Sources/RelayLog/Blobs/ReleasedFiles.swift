// SPDX-License-Identifier: Apache-2.0

/// Files whose rows the writer has deleted: hints for the sweeper, which asks the store about each.
final class ReleasedFiles: @unchecked Sendable {
  // Safe to share: everything is touched under the condition's lock alone.
  private let condition = MonotonicCondition()
  private var names: [PartName] = []
  private var isBegun = false
  private var isOver = false

  /// From now on the rows that the store shows are on the disk.
  func begin() {
    condition.withLock {
      isBegun = true
      condition.signal()
    }
  }

  func add(_ more: [PartName]) {
    condition.withLock {
      names += more
      condition.signal()
    }
  }

  /// Waits for hints until `end`, in milliseconds of ``MonotonicCondition/now()``; then there may be none. Nil once
  /// it is closed.
  ///
  /// None before ``begin()``: a file is gone for good, and a row that says so may not be there tomorrow.
  func next(until end: Int64) -> [PartName]? {
    condition.withLock {
      while !isBegun, !isOver { _ = condition.wait(until: nil) }
      while names.isEmpty, !isOver {
        guard condition.wait(until: end) else { break }
      }
      if isOver { return nil }
      defer { names = [] }
      return names
    }
  }

  var isClosed: Bool { condition.withLock { isOver } }

  func close() {
    condition.withLock {
      isOver = true
      condition.broadcast()
    }
  }
}
