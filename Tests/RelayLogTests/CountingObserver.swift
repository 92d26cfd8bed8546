// SPDX-License-Identifier: Apache-2.0

import RelayLog
import RelayProtocol
import Synchronization

/// Adds up what a writer tells.
final class CountingObserver: WriterObserver {
  struct Counts: Sendable {
    var jobs = 0
    var rows = 0
    var lag: Int64 = 0
    /// The longest that was told.
    var longestLag: Int64 = 0
    var repairs: [Result<Appended?, RelayError>] = []
    var checkpoints = 0
  }

  private let state = Mutex(Counts())
  var counts: Counts { state.withLock { $0 } }

  func committed(jobs: Int, waiting: Int, in duration: Duration) {
    state.withLock { $0.jobs += jobs }
  }

  func checkpointed(in duration: Duration) { state.withLock { $0.checkpoints += 1 } }

  func repaired(_ result: Result<Appended?, RelayError>) {
    state.withLock { $0.repairs.append(result) }
  }

  func retained(rows: Int, lag: Int64) {
    state.withLock { state in
      state.rows += rows
      state.lag = lag
      state.longestLag = max(state.longestLag, lag)
    }
  }
}
