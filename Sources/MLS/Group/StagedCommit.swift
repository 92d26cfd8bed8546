// SPDX-License-Identifier: Apache-2.0

/// A Commit of another member, verified, and the state it leads to: keeping that is accepting it.
public struct StagedCommit: Sendable {
  public let changes: CommitChanges
  /// The state of the next epoch; nil where the Commit removes this member.
  public var next: Group?
}
