// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// How many parts go out at once: fewer after each that did not come through, down to one, for parts that share
/// a slow line until all of them are cut off would begin again for ever; one more after a row of successes.
actor SendingSlots {
  private static let row = 8
  private let most: Int
  private(set) var limit: Int
  private var inUse = 0
  private var successes = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ most: Int) {
    self.most = max(1, most)
    limit = self.most
  }

  /// Runs `body` in a slot; an error counts as a part that did not come through.
  func run<Answer: Sendable>(
    _ body: @Sendable () async throws(RelayError) -> Answer
  ) async throws(RelayError) -> Answer {
    while inUse >= limit { await withCheckedContinuation { waiting.append($0) } }
    inUse += 1
    do {
      let answer = try await body()
      successes += 1
      if successes >= Self.row { (limit, successes) = (min(most, limit + 1), 0) }
      leave()
      return answer
    } catch {
      (limit, successes) = (max(1, limit / 2), 0)
      leave()
      throw error
    }
  }

  private func leave() {
    inUse -= 1
    // Each looks again whether there is room.
    for next in waiting { next.resume() }
    waiting = []
  }
}
