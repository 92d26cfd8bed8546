// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

@testable public import MLS

/// A ratchet tree with all its members' secrets, grown by real commits.
struct TestTree {
  static let groupID = GroupID(Array("a group".utf8))
  static let context = Array("a group context".utf8)

  struct Member {
    var secrets: TreeSecrets
    var signer: SignatureKey
  }

  var tree: RatchetTree
  private(set) var members: [LeafIndex: Member] = [:]
  let random: SeededRandom
  var suite: CipherSuite { tree.suite }

  /// A group of `count`, in which each member adds the next one with a path.
  init(_ count: Int, suite: CipherSuite = .x25519ChaCha20, seed: UInt64 = 1) throws {
    random = SeededRandom(seed: seed)
    let (leaf, key, signer) = try Self.newcomer(suite, random)
    tree = RatchetTree(suite: suite, founder: leaf)
    members[LeafIndex(0)] = Member(
      secrets: TreeSecrets(leaf: LeafIndex(0), leafKey: key), signer: signer)
    for index in 1..<max(count, 1) {
      try commit(from: LeafIndex(UInt32(index - 1)), adding: 1)
    }
  }

  /// A leaf as a KeyPackage brings it.
  static func newcomer(
    _ suite: CipherSuite, _ random: SeededRandom
  ) throws -> (leaf: LeafNode, key: HPKEPrivateKey, signer: SignatureKey) {
    let keys = try suite.generateKeyPair(from: random)
    let signer = try SignatureKey(suite: suite, random: random)
    let contents = LeafNodeContents(
      encryptionKey: HPKEPublicKey(keys.publicKey), signatureKey: signer.publicKey,
      credential: .basic(identity: random.bytes(8)), capabilities: Capabilities(),
      source: .keyPackage(Lifetime(notBefore: 0, notAfter: .max)))
    return (try LeafNode(signing: contents, for: nil, with: signer), keys.privateKey, signer)
  }

  /// Adds a member without a path: everything above it lists it as unmerged.
  @discardableResult
  mutating func add() throws -> LeafIndex {
    let (leaf, key, signer) = try Self.newcomer(suite, random)
    let index = try tree.add(leaf)
    members[index] = Member(secrets: TreeSecrets(leaf: index, leafKey: key), signer: signer)
    return index
  }

  /// A commit with a path, processed by everybody; throws where any of them disagrees.
  mutating func commit(
    from committer: LeafIndex, adding count: Int = 0, removing: [LeafIndex] = []
  ) throws {
    for index in removing {
      try tree.remove(index)
      members[index] = nil
    }
    for (index, member) in members {
      members[index]?.secrets = member.secrets.pruned(to: tree)
    }
    let old = members
    var new: [LeafIndex] = []
    for _ in 0..<count { new.append(try add()) }
    let before = tree
    let (path, staged) = try path(from: committer, excluding: Set(new))
    var merged = before
    try merged.merge(path, from: committer)
    for (index, member) in old where index != committer {
      let opened = try member.secrets.opening(
        path, from: committer, in: merged, groupContext: Self.context, excluding: Set(new))
      guard opened.commitSecret.equals(staged.commitSecret) else { throw MLSError.decryptionFailed }
      members[index]?.secrets = opened.secrets
    }
    for index in new {
      guard let member = members[index] else { continue }
      members[index]?.secrets = try TreeSecrets.joining(
        merged, as: index, leafKey: member.secrets.leafKey,
        pathSecret: staged.pathSecret(for: index), committer: committer)
    }
    members[committer]?.secrets = staged.secrets
    tree = merged
  }

  /// An UpdatePath of a member, whose staging leaves this tree alone.
  func path(
    from committer: LeafIndex, excluding new: Set<LeafIndex> = []
  ) throws -> (path: UpdatePath, staged: StagedPath) {
    guard let old = tree[committer], let member = members[committer] else {
      throw MLSError.unknownMember
    }
    var tree = tree
    let staged = try tree.stagePath(of: committer, random: random) {
      (key, parentHash) throws(MLSError) in
      try old.committed(
        encryptionKey: key, parentHash: parentHash, groupID: Self.groupID, leafIndex: committer,
        signer: member.signer)
    }
    return (
      try staged.encrypted(in: tree, groupContext: Self.context, excluding: new), staged
    )
  }

  /// A leaf of the committer with contents of our choosing, signed as if they were honest.
  func leaf(
    of committer: LeafIndex, changing change: (inout LeafNodeContents) -> Void
  ) throws -> LeafNode {
    guard let old = tree[committer], let member = members[committer] else {
      throw MLSError.unknownMember
    }
    var contents = old.contents
    change(&contents)
    return try LeafNode(
      signing: contents,
      for: LeafNode.Place(groupID: Self.groupID, leafIndex: committer), with: member.signer)
  }

  /// A key of the suite that nobody holds yet.
  func freshKey() throws -> HPKEPublicKey {
    HPKEPublicKey(try suite.generateKeyPair(from: random).publicKey)
  }
}

extension LeafIndex: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: UInt32) { self.init(value) }
}

extension NodeIndex: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
}
