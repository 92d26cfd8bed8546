// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// Whoever counts what the writer does; called on the writer's thread, after it has answered but for
/// ``repaired(_:)``.
package protocol WriterObserver: Sendable {
  /// - Parameter jobs: How many were committed together.
  /// - Parameter waiting: How many wait for the next commit.
  func committed(jobs: Int, waiting: Int, in duration: Duration)
  func checkpointed(in duration: Duration)
  /// An append was put back, or refused, while the store recovers from a backup; it is answered next.
  func repaired(_ result: Result<Appended?, RelayError>)
  /// - Parameter rows: How many bodies, channels and blobs retention has cleared away since it was told last.
  /// - Parameter lag: How many days it is behind; 0 where everything is kept.
  func retained(rows: Int, lag: Int64)
}
