// SPDX-License-Identifier: Apache-2.0

/// What a Commit changes, for the application to judge before it keeps the next state.
public struct CommitChanges: Sendable {
  /// Somebody who comes in.
  public struct Addition: Hashable, Sendable {
    public let index: LeafIndex
    public let leaf: LeafNode
  }

  /// Somebody who goes out.
  public struct Removal: Hashable, Sendable {
    public let index: LeafIndex
    public let leaf: LeafNode
  }

  /// A leaf that takes another one's place.
  public struct Replacement: Hashable, Sendable {
    public let index: LeafIndex
    public let old: LeafNode
    public let new: LeafNode
  }

  /// Who committed; for an external Commit the place the joiner takes.
  public internal(set) var committer: LeafIndex
  public internal(set) var sender: Sender
  public internal(set) var authenticatedData: [UInt8]
  /// The committer's new leaf; nil for a Commit without a path.
  public internal(set) var committerLeaf: LeafNode?
  /// The committer's leaf before; nil for an external Commit.
  public internal(set) var previousCommitterLeaf: LeafNode?
  public internal(set) var additions: [Addition] = []
  public internal(set) var removals: [Removal] = []
  /// Leaves replaced by Update proposals.
  public internal(set) var updates: [Replacement] = []
  /// All extensions of the group context, where the Commit sets them.
  public internal(set) var extensions: [Extension]?
  public internal(set) var preSharedKeys: [PreSharedKeyID] = []
  public internal(set) var reInit: ReInit?
  /// Every proposal as committed, by value or by reference.
  public internal(set) var proposals: [Proposal] = []
}
