// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

struct RatchetTreeTests {
  /// A tree drawn as in RFC 9420: which leaves and parents are there, and who is unmerged where.
  private func drawn(
    leaves: Int, blank: Set<LeafIndex>, parents: [NodeIndex: [LeafIndex]]
  ) throws -> RatchetTree {
    let random = SeededRandom(seed: 3)
    let suite = CipherSuite.x25519ChaCha20
    let size = try #require(TreeSize(leafCount: leaves))
    var tree = RatchetTree(
      suite: suite, size: size, nodes: Array(repeating: nil, count: size.nodeCount))
    for index in 0..<leaves where !blank.contains(LeafIndex(UInt32(index))) {
      tree.set(NodeIndex(2 * index), to: .leaf(try TestTree.newcomer(suite, random).leaf))
    }
    for (node, unmerged) in parents {
      tree.set(
        node,
        to: .parent(
          ParentNode(
            encryptionKey: HPKEPublicKey(try suite.generateKeyPair(from: random).publicKey),
            parentHash: [], unmergedLeaves: unmerged)))
    }
    return tree
  }

  @Test func `resolutions are those of the example in section 4.1.1 of RFC 9420`() throws {
    // X[B] stands above A and B, Y above E and F; C and G are blank.
    let tree = try drawn(leaves: 8, blank: [2, 6], parents: [1: [1], 9: []])
    #expect(tree.resolution(of: 1) == [1, 2])
    #expect(tree.resolution(of: 4) == [])
    #expect(tree.resolution(of: 12) == [])
    #expect(tree.resolution(of: 7) == [1, 2, 6, 9, 14])
  }

  @Test func `filtered direct paths are those of the example in section 4.1.2 of RFC 9420`() throws
  {
    // W root, T above A and B, Y above E to H, X above E and F; C, D and H are blank.
    let tree = try drawn(leaves: 8, blank: [2, 3, 7], parents: [7: [], 1: [], 11: [], 9: []])
    let expected: [LeafIndex: [NodeIndex]] = [
      0: [1, 7], 1: [1, 7], 4: [9, 11, 7], 5: [9, 11, 7], 6: [11, 7],
    ]
    for (leaf, path) in expected {
      #expect(tree.filteredDirectPath(of: leaf).map(\.node) == path, "\(leaf)")
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9])
  func `a path from any member reaches all others`(count: Int) throws {
    var group = try TestTree(count)
    for committer in group.tree.memberIndices {
      try group.commit(from: committer)
      for member in group.members.values {
        #expect(member.secrets.isConsistent(with: group.tree))
      }
    }
    try group.tree.validateStructure()
  }

  @Test(arguments: 1...12)
  func `any history of adds, removes and commits leaves a valid tree that all agree on`(
    seed: UInt64
  ) throws {
    var group = try TestTree(2, seed: seed)
    let choice = SeededRandom(seed: seed &* 7919)
    for _ in 0..<14 {
      let members = group.tree.memberIndices
      let committer = members[Int(choice.uniform(below: UInt64(members.count)))]
      let others = members.filter { $0 != committer }
      switch choice.uniform(below: 4) {
      case 0 where others.count > 1:
        let gone = others[Int(choice.uniform(below: UInt64(others.count)))]
        try group.commit(from: committer, removing: [gone])
      case 1:
        try group.commit(from: committer, adding: Int(choice.uniform(below: 4)))
      case 2:
        // A commit that only adds needs no path.
        try group.add()
      default:
        try group.commit(from: committer)
      }
      for member in group.members.values {
        #expect(member.secrets.isConsistent(with: group.tree))
      }
      try group.tree.validateStructure()
      // Kept hashes are those of the same tree hashed from nothing.
      var unhashed = RatchetTree(
        suite: group.suite, size: group.tree.size, nodes: group.tree.nodes)
      #expect(group.tree.treeHash() == unhashed.treeHash())
      let outgoing = UnverifiedRatchetTree(group.tree)
      let incoming = try UnverifiedRatchetTree(wireBytes: outgoing.wireBytes)
      #expect(incoming == outgoing)
      let verified = try incoming.verified(suite: group.suite, treeHash: unhashed.treeHash())
      #expect(verified.nodes == group.tree.nodes)
    }
  }

  @Test func `a blank node is hashed as absent, and a leaf at its place: RFC 9420 §7.8`() throws {
    var tree = try TestTree(3).tree
    let suite = tree.suite
    for index in 0..<4 {
      var input = WireWriter()
      input.write(UInt8(1))
      input.write(UInt32(index))
      input.writeOptional(tree[LeafIndex(UInt32(index))])
      #expect(tree.treeHash(of: NodeIndex(2 * index)) == suite.hash(input.bytes))
      #expect(input.bytes[5] == (index < 3 ? 1 : 0))
    }
    try tree.remove(LeafIndex(1))
    let absent: [UInt8] = [1, 0, 0, 0, 1, 0]
    #expect(tree.treeHash(of: NodeIndex(2)) == suite.hash(absent))
    // Its parent has become blank with it.
    let parent = [2, 0].map { UInt8($0) }
    var input = WireWriter()
    input.writeFixed(parent)
    input.writeOpaque(tree.treeHash(of: NodeIndex(0)))
    input.writeOpaque(tree.treeHash(of: NodeIndex(2)))
    #expect(tree.treeHash(of: NodeIndex(1)) == suite.hash(input.bytes))
  }

  @Test func `a copy is unaffected by what happens to the original`() throws {
    var group = try TestTree(5)
    var copy = group.tree
    let hash = copy.treeHash()
    try group.commit(from: 2, adding: 1, removing: [3])
    #expect(copy.treeHash() == hash)
    #expect(group.tree.treeHash() != hash)
    #expect(copy[LeafIndex(3)] != nil)
  }

  @Test func `the tree grows and shrinks at its right edge`() throws {
    var group = try TestTree(5)
    #expect(group.tree.size.leafCount == 8)
    try group.tree.remove(4)
    #expect(group.tree.size.leafCount == 4)
    try group.tree.remove(1)
    #expect(group.tree.size.leafCount == 4)
    #expect(try group.add() == 1)
    #expect(try group.add() == 4)
    #expect(group.tree.size.leafCount == 8)
  }

  @Test
  func `whoever is not there cannot be removed or updated — RFC 9420 §12.1.2, RFC 9420 §12.1.3`()
    throws
  {
    var group = try TestTree(3)
    let leaf = try #require(group.tree[LeafIndex(0)])
    for index: LeafIndex in [3, 4, 0x00FF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
      #expect(throws: MLSError.unknownMember) { try group.tree.remove(index) }
      #expect(throws: MLSError.unknownMember) { try group.tree.update(index, to: leaf) }
      #expect(group.tree[index] == nil)
    }
  }

  @Test func `secrets survive being written and read, and nothing else is read`() throws {
    let group = try TestTree(6)
    for member in group.members.values {
      var writer = WireWriter()
      member.secrets.encodeExposingSecrets(into: &writer)
      var reader = WireReader(writer.bytes)
      let read = try TreeSecrets(exposedFrom: &reader, suite: group.suite)
      try reader.finish()
      #expect(read.leaf == member.secrets.leaf)
      #expect(read.isConsistent(with: group.tree))
      #expect(Set(read.nodeKeys.keys) == Set(member.secrets.nodeKeys.keys))
      for count in 0..<writer.bytes.count {
        #expect(throws: WireError.self) {
          var reader = WireReader(Array(writer.bytes[..<count]))
          _ = try TreeSecrets(exposedFrom: &reader, suite: group.suite)
          try reader.finish()
        }
      }
    }
  }
}
