// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import RelayProtocol

/// Removes the files of parts that have no row: soon after the writer has deleted rows, at the start, and
/// every few minutes for what was left by a crash. It begins when the writer knows that the rows are on the disk.
final class BlobSweeper: Sendable {
  /// Between two looks at the whole folder, in milliseconds.
  static let pause: Int64 = 600_000
  /// Files that are asked about at once.
  private static let slice = 256

  private let files: BlobFiles
  private let released: ReleasedFiles
  private let store: String
  private let finished = DispatchSemaphore(value: 0)

  init(_ files: BlobFiles, _ released: ReleasedFiles, store: String) {
    self.files = files
    self.released = released
    self.store = store
  }

  func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "alcove-sweeper"
    thread.start()
  }

  func stop() {
    released.close()
    finished.wait()
    // For whoever asks again.
    finished.signal()
  }

  private func run() {
    var opened: DatabaseQueue?
    defer { try? opened?.close() }
    var next = MonotonicCondition.now()
    while let hints = released.next(until: next) {
      if hints.isEmpty { next = MonotonicCondition.now() + Self.pause }
      do {
        // One that cannot be opened now is tried again, as what cannot be read is.
        let reader = try opened ?? SQLiteRelayStore.openReader(store)
        opened = reader
        if hints.isEmpty {
          try files.forEachSlice(of: Self.slice) { try sweep($0, reader) }
        } else {
          try sweep(hints, reader)
        }
      } catch {
        // What cannot be read or removed now is looked at again next time.
      }
    }
  }

  /// Removes those that have no row. A file that is on its way is left alone: it is asked about before
  /// the rows are, so that a row which comes in between is seen.
  func sweep(_ names: [PartName], _ reader: DatabaseQueue) throws {
    for start in stride(from: 0, to: names.count, by: Self.slice) where !released.isClosed {
      let settled = names[start...].prefix(Self.slice).filter { !files.isOnItsWay($0) }
      let orphans = try reader.read { database in
        let known = try PreparedStatement("SELECT 1 FROM part WHERE name = ?", in: database)
        return try settled.filter { try known.first(.blob($0.bytes)) { _ in true } == nil }
      }
      for name in orphans { files.remove(name) }
    }
  }
}
