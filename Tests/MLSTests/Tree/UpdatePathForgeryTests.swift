// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import MLS

/// For each rule about an UpdatePath, one that breaks it; made by a member, who can sign anything.
struct UpdatePathForgeryTests {
  private func expectRefusal(
    _ error: MLSError, _ path: UpdatePath, from sender: LeafIndex = 0, in group: TestTree
  ) {
    var tree = group.tree
    #expect(throws: error) { try tree.merge(path, from: sender) }
  }

  /// What a member makes of a path that merges.
  private func opening(
    _ path: UpdatePath, by member: LeafIndex, in group: TestTree, excluding: Set<LeafIndex> = []
  ) throws -> SharedSecret {
    var tree = group.tree
    try tree.merge(path, from: 0)
    let member = try #require(group.members[member])
    return try member.secrets.opening(
      path, from: 0, in: tree, groupContext: TestTree.context, excluding: excluding
    ).commitSecret
  }

  @Test func `a path with a node too few or too many is refused — RFC 9420 §7.6`() throws {
    let group = try TestTree(4)
    var path = try group.path(from: 0).path
    path.nodes.append(
      UpdatePathNode(encryptionKey: try group.freshKey(), encryptedPathSecret: []))
    expectRefusal(.invalidUpdatePath(.length), path, in: group)
    path.nodes.removeLast(2)
    expectRefusal(.invalidUpdatePath(.length), path, in: group)
    path.nodes = []
    expectRefusal(.invalidUpdatePath(.length), path, in: group)
  }

  @Test func `nor is such a path opened, in whatever tree — RFC 9420 §7.6`() throws {
    let group = try TestTree(4)
    let honest = try group.path(from: 0).path
    var tree = group.tree
    try tree.merge(honest, from: 0)
    var longer = honest
    longer.nodes.append(honest.nodes[0])
    var shorter = honest
    shorter.nodes.removeLast()
    for (path, rule) in [(honest, nil), (longer, UpdatePathRule.length), (shorter, .length)] {
      for index in [1, 3] as [LeafIndex] {
        let member = try #require(group.members[index])
        let open = {
          _ = try member.secrets.opening(
            path, from: 0, in: tree, groupContext: TestTree.context, excluding: [])
        }
        guard let rule else {
          try open()
          continue
        }
        #expect(throws: MLSError.invalidUpdatePath(rule)) { try open() }
      }
    }
  }

  @Test(arguments: [LeafIndex(4), 0x8000_0000, 0xFFFF_FFFF])
  func `a path of nobody is refused`(sender: LeafIndex) throws {
    let group = try TestTree(4)
    let path = try group.path(from: 0).path
    expectRefusal(.unknownMember, path, from: sender, in: group)
    var tree = group.tree
    #expect(throws: MLSError.unknownMember) {
      try tree.stagePath(of: sender, random: group.random) { _, _ in path.leafNode }
    }
    #expect(tree.nodes == group.tree.nodes)
  }

  @Test func `a leaf that keeps its encryption key is refused — RFC 9420 §12.4.2`() throws {
    let group = try TestTree(4)
    var path = try group.path(from: 0).path
    let parentHash = try #require(path.leafNode.parentHash)
    path.leafNode = try group.leaf(of: 0) { $0.source = .commit(parentHash: parentHash) }
    expectRefusal(.invalidUpdatePath(.reusedKey), path, in: group)
  }

  @Test func `a key of the tree, or twice the same, is refused in a path — RFC 9420 §12.4.2`()
    throws
  {
    let group = try TestTree(4)
    let path = try group.path(from: 0).path
    for key in group.tree.nodes.compactMap({ $0?.encryptionKey }) {
      for place in path.nodes.indices {
        var forged = path
        forged.nodes[place].encryptionKey = key
        expectRefusal(.invalidUpdatePath(.reusedKey), forged, in: group)
      }
    }
    var twice = path
    twice.nodes[1].encryptionKey = twice.nodes[0].encryptionKey
    expectRefusal(.invalidUpdatePath(.reusedKey), twice, in: group)
    var likeLeaf = path
    likeLeaf.nodes[1].encryptionKey = likeLeaf.leafNode.encryptionKey
    expectRefusal(.invalidUpdatePath(.reusedKey), likeLeaf, in: group)
  }

  @Test func `a key that nothing can be encrypted to is refused in a path — RFC 9420 §5.1.1`()
    throws
  {
    for suite in [CipherSuite.x25519ChaCha20, .hybridAES256, .p256AES128] {
      let group = try TestTree(2, suite: suite)
      let count = suite.hpke.kem.publicKeyLength
      for bytes in [
        [], [UInt8](repeating: 0, count: count), [UInt8](repeating: 0xFF, count: count),
      ] {
        // 32 bytes of 0xFF are an unusual encoding of an ordinary X25519 point.
        if suite == .x25519ChaCha20, bytes.first == 0xFF { continue }
        var path = try group.path(from: 0).path
        path.nodes[0].encryptionKey = HPKEPublicKey(bytes)
        expectRefusal(.invalidKey, path, in: group)
        path = try group.path(from: 0).path
        let parentHash = try #require(path.leafNode.parentHash)
        path.leafNode = try group.leaf(of: 0) {
          $0.encryptionKey = HPKEPublicKey(bytes)
          $0.source = .commit(parentHash: parentHash)
        }
        expectRefusal(.invalidKey, path, in: group)
      }
    }
  }

  @Test func `a leaf whose parent hash is not that of its path is refused — RFC 9420 §7.9.2`()
    throws
  {
    let group = try TestTree(4)
    let path = try group.path(from: 0).path
    let honest = try #require(path.leafNode.parentHash)
    for hash in [[], honest + [0], Array(honest.dropLast()), [honest[0] ^ 1] + honest.dropFirst()] {
      var forged = path
      forged.leafNode = try group.leaf(of: 0) {
        $0.encryptionKey = path.leafNode.encryptionKey
        $0.source = .commit(parentHash: hash)
      }
      expectRefusal(.invalidUpdatePath(.parentHash), forged, in: group)
    }
    for source in [LeafNodeSource.update, .keyPackage(Lifetime(notBefore: 0, notAfter: 1))] {
      var forged = path
      forged.leafNode = try group.leaf(of: 0) {
        $0.encryptionKey = path.leafNode.encryptionKey
        $0.source = source
      }
      expectRefusal(.invalidUpdatePath(.parentHash), forged, in: group)
    }
    var otherKey = path
    otherKey.nodes[1].encryptionKey = try group.freshKey()
    expectRefusal(.invalidUpdatePath(.parentHash), otherKey, in: group)
  }

  @Test func `a ciphertext too few or too many is refused by everybody — RFC 9420 §7.6`() throws {
    var group = try TestTree(4)
    try group.add()
    try group.commit(from: 3)
    let path = try group.path(from: 0).path
    for place in path.nodes.indices {
      var more = path
      more.nodes[place].encryptedPathSecret.append(path.nodes[0].encryptedPathSecret[0])
      var fewer = path
      fewer.nodes[place].encryptedPathSecret.removeLast()
      // Also those to whom the step says nothing refuse it: otherwise they would split.
      for member in group.tree.memberIndices where member != 0 {
        for forged in [more, fewer] {
          #expect(throws: MLSError.invalidUpdatePath(.ciphertextCount)) {
            try opening(forged, by: member, in: group)
          }
        }
      }
    }
  }

  @Test func `a path secret that does not give the public keys is refused — RFC 9420 §7.5`() throws
  {
    let group = try TestTree(4)
    var path = try group.path(from: 0).path
    // Member 3 is told another secret than member 2, in an honest ciphertext.
    let target = try #require(group.tree[NodeIndex(5)]).encryptionKey
    path.nodes[1].encryptedPathSecret[0] = try group.suite.encryptSecret(
      group.random.secret(32), to: target,
      CipherSuite.encryptContext(label: "UpdatePathNode", context: TestTree.context))
    for member: LeafIndex in [2, 3] {
      #expect(throws: MLSError.invalidUpdatePath(.keyMismatch)) {
        try opening(path, by: member, in: group)
      }
    }
    _ = try opening(path, by: 1, in: group)
  }

  @Test(arguments: [0, 1, 16, 31, 33, 1_000])
  func `a path secret of another length is refused — RFC 9420 §7.4`(_ count: Int) throws {
    let group = try TestTree(2)
    var path = try group.path(from: 0).path
    let target = try #require(group.tree[LeafIndex(1)]).encryptionKey
    path.nodes[0].encryptedPathSecret[0] = try group.suite.encryptSecret(
      group.random.secret(count), to: target,
      CipherSuite.encryptContext(label: "UpdatePathNode", context: TestTree.context))
    #expect(throws: MLSError.invalidUpdatePath(.secretLength)) {
      try opening(path, by: 1, in: group)
    }
  }

  @Test func `a ciphertext of another step or another context does not open`() throws {
    let group = try TestTree(4)
    let path = try group.path(from: 0).path
    var swapped = path
    swapped.nodes[0].encryptedPathSecret = path.nodes[1].encryptedPathSecret
    #expect(throws: MLSError.decryptionFailed) { try opening(swapped, by: 1, in: group) }
    var tree = group.tree
    try tree.merge(path, from: 0)
    let member = try #require(group.members[1])
    #expect(throws: MLSError.decryptionFailed) {
      try member.secrets.opening(path, from: 0, in: tree, groupContext: [], excluding: [])
    }
  }

  @Test func `the committer and those just added cannot open a path`() throws {
    var group = try TestTree(2)
    let new = try group.add()
    let path = try group.path(from: 0, excluding: [new]).path
    for member in [0, new] {
      #expect(throws: MLSError.invalidUpdatePath(.notForThisMember)) {
        try opening(path, by: member, in: group, excluding: [new])
      }
    }
  }

  @Test func `a joiner refuses secrets that are not those of the tree — RFC 9420 §12.4.3.1`() throws
  {
    var group = try TestTree(4)
    let new = try group.add()
    let (path, staged) = try group.path(from: 0, excluding: [new])
    var tree = group.tree
    try tree.merge(path, from: 0)
    let leafKey = try #require(group.members[new]).secrets.leafKey
    let honest = try #require(staged.pathSecret(for: new))
    let joined = try TreeSecrets.joining(
      tree, as: new, leafKey: leafKey, pathSecret: honest, committer: 0)
    #expect(joined.isConsistent(with: tree))
    let wrong = group.random.secret(32)
    let stranger = HPKEPrivateKey(wrong, kem: tree.suite.hpke.kem)
    #expect(throws: MLSError.invalidUpdatePath(.keyMismatch)) {
      try TreeSecrets.joining(tree, as: new, leafKey: leafKey, pathSecret: wrong, committer: 0)
    }
    #expect(throws: MLSError.invalidUpdatePath(.keyMismatch)) {
      try TreeSecrets.joining(tree, as: new, leafKey: stranger, pathSecret: honest, committer: 0)
    }
    for count in [0, 31, 33] {
      let secret = group.random.secret(count)
      #expect(throws: MLSError.invalidUpdatePath(.secretLength)) {
        try TreeSecrets.joining(tree, as: new, leafKey: leafKey, pathSecret: secret, committer: 0)
      }
    }
    #expect(throws: MLSError.invalidUpdatePath(.pathSecretMissing)) {
      try TreeSecrets.joining(tree, as: new, leafKey: leafKey, pathSecret: nil, committer: 0)
    }
    // Without a path the joiner is unmerged wherever somebody has a key.
    let alone = try TreeSecrets.joining(
      group.tree, as: new, leafKey: leafKey, pathSecret: nil, committer: 0)
    #expect(alone.isConsistent(with: group.tree))
    #expect(throws: MLSError.invalidUpdatePath(.notForThisMember)) {
      try TreeSecrets.joining(tree, as: new, leafKey: leafKey, pathSecret: honest, committer: new)
    }
    #expect(throws: MLSError.invalidUpdatePath(.notForThisMember)) {
      try TreeSecrets.joining(
        tree, as: new, leafKey: leafKey, pathSecret: honest, committer: 0xFFFF_FFFF)
    }
  }
}
