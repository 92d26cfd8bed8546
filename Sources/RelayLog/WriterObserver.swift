// SPDX-License-Identifier: Apache-2.0

/// Whoever counts what the writer does; called on the writer's thread, after it has answered.
package protocol WriterObserver: Sendable {
  /// - Parameter jobs: How many were committed together.
  /// - Parameter waiting: How many wait for the next commit.
  func committed(jobs: Int, waiting: Int, in duration: Duration)
  func checkpointed(in duration: Duration)
}
