// SPDX-License-Identifier: Apache-2.0

/// A Commit of another member, verified, and the state it leads to: keeping that is accepting it.
public struct StagedCommit: Sendable {
  public let changes: CommitChanges
  /// The state of the next epoch; nil where the Commit removes this member, who can verify the committer's
  /// signature but has no key for the confirmation tag, and so cannot tell what the others refuse. To be kept at once: a message of
  /// this epoch that the value before opens from now on opens here again, where past epochs are kept.
  public var next: Group?
}
