// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The disk of a simulated device: what survives when the process that wrote it dies.
///
/// A ``MemoryRecordStore`` is a process's handle on it. When the handle crashes the disk stays, and
/// a new handle over the same disk finds the last committed state.
public final class MemoryDisk: Sendable {
  private let state = Mutex(State())

  struct State {
    var rows: [Bucket: Rows] = [:]
    var commits: UInt64 = 0
    var tracesLeft = false
  }

  struct Bucket: Hashable {
    var table: Table
    var owner: RecordOwner
  }

  /// The rows of one table and owner, ordered by key.
  struct Rows {
    var keys: [RecordKey] = []
    var values: [SealedRow] = []
  }

  /// A disk with nothing on it.
  public init() {}

  private init(_ state: consuming State) { self.state.withLock { [state] in $0 = state } }

  /// How many transactions have become durable.
  public var commits: UInt64 { state.withLock { $0.commits } }

  /// Whether overwritten or deleted records could still be found on a real disk.
  public var tracesLeft: Bool { state.withLock { $0.tracesLeft } }

  /// A second disk with the same content: a backup, or the copy that must be noticed.
  public func copy() -> MemoryDisk {
    MemoryDisk(state.withLock { [$0] }[0])
  }

  /// Puts an older content back, as somebody does who restores a backup.
  public func restore(_ older: MemoryDisk) {
    let content = older.state.withLock { [$0] }
    state.withLock { $0 = content[0] }
  }

  func withState<Answer, Failure: Error>(
    _ body: (inout sending State) throws(Failure) -> sending Answer
  ) throws(Failure) -> sending Answer {
    try state.withLock(body)
  }
}

extension MemoryDisk.Rows {
  /// The first index whose key is not less than the given one.
  func lowerBound(_ key: RecordKey) -> Int {
    // Sequence numbers come in order: most insertions are at the end.
    guard let last = keys.last, !(last < key) else { return keys.count }
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func index(of key: RecordKey) -> Int? {
    let index = lowerBound(key)
    return index < keys.count && keys[index] == key ? index : nil
  }

  func indices(_ range: RecordRange) -> Range<Int> {
    let first = range.lower.map { lowerBound($0) } ?? 0
    let end = range.upper.map { upper in
      let index = lowerBound(upper)
      return index < keys.count && keys[index] == upper ? index + 1 : index
    }
    return first..<Swift.max(first, end ?? keys.count)
  }
}
