// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// How new leaves stand to the others, for few of them and for many, which are compared differently.
struct CompatibilityTests {
  /// A group of two with so many leaves added, the last of which is changed.
  private func tree(
    adding count: Int, last change: (inout ForgedKeyPackage, RatchetTree) -> Void = { _, _ in }
  ) throws -> (tree: RatchetTree, added: [LeafIndex]) {
    var tree = try groupOfTwo().alice.tree
    var added: [LeafIndex] = []
    for number in 1...count {
      var package = ForgedKeyPackage()
      if number == count { change(&package, tree) }
      added.append(try tree.add(package.make().leafNode))
    }
    return (tree, added)
  }

  private func expectRefusal(
    _ rule: LeafNodeRule, adding count: Int,
    last change: (inout ForgedKeyPackage, RatchetTree) -> Void
  ) throws {
    let (tree, added) = try tree(adding: count, last: change)
    #expect(throws: MLSError.invalidLeafNode(rule)) {
      try tree.validateCompatibility(of: added, extensions: [])
    }
  }

  @Test(arguments: [1, 2, 8, 9, 20])
  func `every key stands in one leaf: RFC 9420 §7.3`(count: Int) throws {
    let (honest, added) = try tree(adding: count)
    try honest.validateCompatibility(of: added, extensions: [])
    let signer = try SignatureKey(suite: .x25519ChaCha20, random: SystemRandom())
    // With the key of a member, and with that of somebody who comes in beside it.
    for place in Set([0, count]) {
      try expectRefusal(.duplicateEncryptionKey, adding: count) { package, tree in
        guard let key = tree[LeafIndex(UInt32(place))]?.encryptionKey else { return }
        package.leaf = { $0.encryptionKey = key }
      }
    }
    var (twins, indices) = try tree(adding: count) { package, _ in package.signer = signer }
    let twin = try ForgedKeyPackage(signer: signer).make().leafNode
    indices.append(try twins.add(twin))
    #expect(throws: MLSError.invalidLeafNode(.duplicateSignatureKey)) {
      try twins.validateCompatibility(of: indices, extensions: [])
    }
  }

  @Test func `leaves and extensions that no vector could hold are refused: RFC 9420 §2.1.2`() throws
  {
    let (tree, added) = try tree(adding: 3)
    let extensions = [Extension(type: .externalSenders, data: [0])]
    let size = tree.members.reduce(1) { $0 + $1.leaf.wireBytes.count }
    try tree.validateCompatibility(of: added, extensions: extensions, maximumSize: size)
    #expect(throws: MLSError.treeTooLarge) {
      try tree.validateCompatibility(of: added, extensions: extensions, maximumSize: size - 1)
    }
    #expect(2 * RatchetTree.maximumSize < WireLength.maximum)
  }

  @Test(arguments: [1, 8, 9, 20])
  func `what is supported is found in lists of any length: RFC 9420 §7.2`(count: UInt16) {
    let types = (0..<count).map { ExtensionType(rawValue: 0xF100 + $0) }
    let proposals = types.map { ProposalType(rawValue: $0.rawValue) }
    let credentials = types.map { CredentialType(rawValue: $0.rawValue) }
    let all = Capabilities(extensions: types, proposals: proposals, credentials: credentials)
    #expect(all.supports(all: types + [.externalSenders]))
    #expect(all.supports(all: proposals + [.add]))
    #expect(all.supports(all: credentials))
    for missing in types.indices {
      var some = all
      some.extensions.remove(at: missing)
      some.proposals.remove(at: missing)
      some.credentials.remove(at: missing)
      #expect(!some.supports(all: types))
      #expect(!some.supports(all: proposals))
      #expect(!some.supports(all: credentials))
    }
  }
}
