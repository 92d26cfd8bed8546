// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// Members' private keys, and an UpdatePath by each of them; RFC 9420 sections 7.4 to 7.6.
struct TreeKEMVector: Vector {
  static let kind = "treekem"
  static let signature: Set<String> = ["leaves_private", "update_paths", "ratchet_tree"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let groupId: HexBytes
  let epoch: UInt64
  let confirmedTranscriptHash: HexBytes
  let ratchetTree: HexBytes
  let leavesPrivate: [PrivateLeaf]
  let updatePaths: [Path]

  struct PrivateLeaf: Decodable {
    let index: UInt32
    let encryptionPriv: HexBytes
    let signaturePriv: HexBytes
    let pathSecrets: [PathSecret]
  }

  struct PathSecret: Decodable {
    let node: Int
    let pathSecret: HexBytes
  }

  struct Path: Decodable {
    let sender: UInt32
    let updatePath: HexBytes
    let pathSecrets: [HexBytes?]
    let commitSecret: HexBytes
    let treeHashAfter: HexBytes
  }

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    let tree = try UnverifiedRatchetTree(wireBytes: ratchetTree.bytes).assumingValid(suite: suite)
    var members: [LeafIndex: TreeSecrets] = [:]
    for leaf in leavesPrivate {
      let member = try secrets(of: leaf, suite: suite)
      try expect(member.isConsistent(with: tree), "private state of leaf \(leaf.index)")
      members[member.leaf] = member
    }
    for (place, path) in updatePaths.enumerated() {
      try verify(path, "update_paths[\(place)]", in: tree, members: members)
      try verifyOwnPath(from: LeafIndex(path.sender), in: tree, members: members)
    }
  }

  private func verify(
    _ path: Path, _ name: String, in tree: RatchetTree, members: [LeafIndex: TreeSecrets]
  ) throws {
    let updatePath = try UpdatePath(wireBytes: path.updatePath.bytes)
    try expect(updatePath.wireBytes == path.updatePath.bytes, "\(name) encodes to other bytes")
    let sender = LeafIndex(path.sender)
    var after = tree
    try after.merge(updatePath, from: sender)
    try expect(after.treeHash() == path.treeHashAfter.bytes, "\(name).tree_hash_after")
    let context = groupContext(after.treeHash(), suite: tree.suite)
    for (leaf, secrets) in members where leaf != sender {
      let expected = try require(
        path.pathSecrets[Int(leaf.rawValue)], "\(name).path_secrets[\(leaf.rawValue)]")
      let pathSecret = try secrets.pathSecret(
        in: updatePath, from: sender, tree: after, groupContext: context, excluding: [])
      try expect(
        pathSecret.exposedBytes() == expected.bytes, "\(name).path_secrets[\(leaf.rawValue)]")
      let opened = try secrets.opening(
        updatePath, from: sender, in: after, groupContext: context, excluding: [])
      try expect(
        opened.commitSecret.exposedBytes() == path.commitSecret.bytes, "\(name).commit_secret")
      try expect(
        opened.secrets.isConsistent(with: after), "\(name): keys of \(leaf.rawValue) afterwards")
    }
  }

  /// A path of our own making, which everybody else must be able to follow.
  private func verifyOwnPath(
    from sender: LeafIndex, in tree: RatchetTree, members: [LeafIndex: TreeSecrets]
  ) throws {
    var staged = tree
    let signature = try require(
      leavesPrivate.first { $0.index == sender.rawValue }, "private leaf of a sender")
    let signer = try SignatureKey(
      suite: tree.suite, privateKey: tree.suite.privateKey(signature.signaturePriv))
    let old = try require(tree[sender], "leaf of a sender")
    try expect(signer.publicKey == old.signatureKey, "signature_priv of \(sender.rawValue)")
    let path = try staged.stagePath(of: sender, random: SystemRandom()) {
      (key, parentHash) throws(MLSError) in
      try old.committed(
        encryptionKey: key, parentHash: parentHash, groupID: GroupID(groupId.bytes),
        leafIndex: sender,
        signer: signer)
    }
    let context = groupContext(staged.treeHash(), suite: tree.suite)
    let updatePath = try path.encrypted(in: staged, groupContext: context, excluding: [])
    var merged = tree
    try merged.merge(updatePath, from: sender)
    try expect(merged.treeHash() == staged.treeHash(), "tree hash of an own path")
    for (leaf, secrets) in members where leaf != sender {
      let opened = try secrets.opening(
        updatePath, from: sender, in: merged, groupContext: context, excluding: [])
      try expect(
        opened.commitSecret.equals(path.commitSecret), "commit secret of an own path")
    }
    try expect(path.secrets.isConsistent(with: merged), "own keys after an own path")
  }

  private func groupContext(_ treeHash: [UInt8], suite: CipherSuite) -> [UInt8] {
    GroupContext(
      cipherSuite: suite, groupID: GroupID(groupId.bytes), epoch: Epoch(epoch), treeHash: treeHash,
      confirmedTranscriptHash: confirmedTranscriptHash.bytes, extensions: []
    ).wireBytes
  }

  private func secrets(of leaf: PrivateLeaf, suite: CipherSuite) throws -> TreeSecrets {
    var keys: [NodeIndex: HPKEPrivateKey] = [:]
    for entry in leaf.pathSecrets {
      let secret = SharedSecret(entry.pathSecret.bytes)
      keys[NodeIndex(entry.node)] = try suite.nodeKeyPair(pathSecret: secret).privateKey
    }
    return TreeSecrets(
      leaf: LeafIndex(leaf.index), leafKey: suite.hpkeKey(leaf.encryptionPriv), nodeKeys: keys)
  }
}
