// SPDX-License-Identifier: Apache-2.0

/// A Commit of one's own, and the state that it leads to once the group has taken it.
///
/// Its maker cannot open its own path again: whoever loses `next` has lost the epoch.
public struct PendingCommit: Sendable {
  public let message: MLSMessage
  /// For the members that the Commit adds; nil where it adds nobody.
  public let welcome: Welcome?
  public let changes: CommitChanges
  public var next: Group
}
