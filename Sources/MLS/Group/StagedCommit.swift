// SPDX-License-Identifier: Apache-2.0

/// A Commit of another member, verified, and the state it leads to: keeping that is accepting it.
public struct StagedCommit: Sendable {
  public let changes: CommitChanges
  /// The state of the next epoch; nil where the Commit removes this member, who can verify the committer's
  /// signature but has no key for the confirmation tag, and so cannot tell what the others refuse. It opens no
  /// message of the epoch that the Commit ends: ``next(after:)`` does, where the settings keep past epochs.
  public var next: Group?

  /// The state once the Commit has been accepted; nil where it removes this member.
  ///
  /// What the epoch before still opens it opens as `group` would: a message that was opened since the Commit
  /// was processed does not open twice, and its key is not kept (RFC 9420 section 9.2).
  ///
  /// - Parameter group: The value that processed the Commit, with all that it has sent and opened since.
  /// - Throws: ``MLSError/wrongGroup`` or ``MLSError/wrongEpoch`` for another one.
  public func next(after group: Group) throws(MLSError) -> Group? {
    guard let next else { return nil }
    return try group.handOver(to: next)
  }
}
