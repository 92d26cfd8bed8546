// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

extension RelayClient {
  /// Makes a call, and waits where the relay says that it comes too fast: a long outbox is more than a
  /// channel may append at once.
  func performInTurn(_ call: RelayCall) async throws(RelayError) -> RelayAnswer {
    let end = ContinuousClock.now + transport.patience.limited
    while true {
      let answer = try await perform(call)
      guard answer.status == RelayProblem.limited.status, ContinuousClock.now < end else {
        return answer
      }
      do { try await Task.sleep(for: .milliseconds(500)) } catch { return answer }
    }
  }
}
