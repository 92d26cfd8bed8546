// SPDX-License-Identifier: Apache-2.0

/// A Commit of one's own, and the state that it leads to once the group has taken it.
///
/// Its maker cannot open its own path again: whoever loses `next` has lost the epoch.
public struct PendingCommit: Sendable {
  public let message: MLSMessage
  /// For the members that the Commit adds; nil where it adds nobody. To be sent once the group has taken the
  /// Commit (RFC 9420 section 14): of one that is refused it would lead into a group that nobody else is in.
  public let welcome: Welcome?
  public let changes: CommitChanges
  /// The state to store beside this Commit. It opens no message of the epoch that the Commit ends:
  /// ``next(after:)`` does, where the settings keep past epochs.
  public var next: Group

  /// The state once the group has taken the Commit.
  ///
  /// What the epoch before still opens it opens as `group` would: a message that was opened since the Commit
  /// was made does not open twice, and its key is not kept (RFC 9420 section 9.2).
  ///
  /// - Parameter group: The value that made the Commit, with all that it has sent and opened since.
  /// - Throws: ``MLSError/wrongGroup`` or ``MLSError/wrongEpoch`` for another one.
  public func next(after group: Group) throws(MLSError) -> Group {
    try group.handOver(to: next)
  }
}
