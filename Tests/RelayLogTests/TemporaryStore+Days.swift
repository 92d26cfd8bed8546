// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol

@testable import RelayLog

extension TemporaryStore {
  /// A store with work to do, which is asked again and again until `isDone`.
  func wait(
    _ store: SQLiteRelayStore, _ moved: MovedSurroundings, until isDone: () async throws -> Bool
  ) async throws -> Bool {
    let knock = try Member(random)
    for _ in 0..<400 {
      if try await isDone() { return true }
      moved.moveTicks(seconds: 1)
      // Each batch is followed by a slice.
      _ = try await store.create(knock.new)
      // Files go in a thread of their own.
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }

  /// Time enough for a round of housekeeping that has something to do.
  func keepHouse(_ store: SQLiteRelayStore, _ moved: MovedSurroundings) async throws {
    var rounds = 0
    _ = try await wait(store, moved) {
      rounds += 1
      return rounds > 20
    }
  }

  /// Lets a day begin, and waits until it was seen: two days more would be a jump.
  func beginDay(_ store: SQLiteRelayStore, _ moved: MovedSurroundings) async throws {
    let reader = try SQLiteRelayStore.openReader(path)
    defer { try? reader.close() }
    func lastDay() throws -> Int64? {
      try reader.read { try StoreValues.horizon($0)?.lastDay }
    }
    // A young store has not written its first day yet.
    let isYoung = try await !wait(store, moved) { try lastDay() != nil }
    let before = try lastDay()
    moved.moveClock(days: 1)
    let isSeen = try await wait(store, moved) { try lastDay() != before }
    if isYoung || !isSeen { throw NotSeen() }
  }

  struct NotSeen: Error {}
}
