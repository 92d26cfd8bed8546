// SPDX-License-Identifier: Apache-2.0

/// How a Commit is made.
public struct CommitOptions: Sendable {
  /// Travels in the clear with the Commit, bound to it.
  public var authenticatedData: [UInt8] = []
  public var path: PathChoice = .always
  /// What the committer's leaf is to show from now on; nil leaves all but its keys as it is.
  public var leaf: LeafParameters?
  /// Whether proposals of others that wait in this epoch are covered.
  public var pendingProposals: PendingProposals = .include
  /// Whether the Welcome carries the ratchet tree.
  public var treeInWelcome: TreeInWelcome = .include
  /// Extensions of the Welcome's GroupInfo, besides the tree.
  public var groupInfoExtensions: [Extension] = []
  /// Whether the Welcome's GroupInfo has an extension of a reserved type.
  public var grease: Grease = .include
  /// Zero bytes that hide the Commit's length.
  public var padding = 0

  /// Whether proposals that wait are covered.
  public enum PendingProposals: Hashable, Sendable {
    /// All, if they make a valid list together with what is committed by value. Otherwise each, Removes first
    /// and then in the order of their arrival, that does so beside those before it; what 64 attempts do not
    /// settle is left out.
    case include
    case leaveOut
    /// These, in this order: RFC 9420 section 12.4 leaves it to the application which ones it takes.
    case only([ProposalRef])
  }
  /// Whether new members get the tree with the Welcome, or on another way.
  public enum TreeInWelcome: Hashable, Sendable { case include, leaveOut }

  public init() {}
}
