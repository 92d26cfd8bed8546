// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// A member that signs and encrypts whatever it likes: the twin of ``Group`` without its scruples.
///
/// What it sends is authentic to the last byte, so that a receiver can only refuse it for the rule
/// that it breaks.
struct Forger {
  var group: Group

  /// Any body, framed as this member's.
  mutating func send(
    _ body: FramedContent.Body, sender: Sender? = nil, epoch: Epoch? = nil,
    groupID: GroupID? = nil, confirmationTag: [UInt8] = [1], signer: SignatureKey? = nil
  ) throws -> MLSMessage {
    let content = FramedContent(
      groupID: groupID ?? group.id, epoch: epoch ?? group.epoch,
      sender: sender ?? .member(group.ownLeaf), authenticatedData: [], body: body)
    let format: MessageFormat =
      group.settings.handshakeFormat == .publicMessage ? .publicMessage : .privateMessage
    var message = try AuthenticatedContent(
      signing: content, wireFormat: format, context: group.encodedContext,
      with: signer ?? group.signatureKey)
    if case .commit = body { message.auth.confirmationTag = confirmationTag }
    return try group.protect(message, padding: 0, random: SystemRandom())
  }

  /// A Commit with any proposals, by value, and a path over the tree they lead to.
  mutating func commit(
    _ proposals: [Proposal], path: Bool = true,
    leaf: (inout LeafNodeContents) -> Void = { _ in }
  ) throws -> MLSMessage {
    try send(
      .commit(
        Commit(
          proposals: proposals.map { .proposal($0) },
          path: path ? try self.path(after: proposals, leaf: leaf) : nil)))
  }

  /// A path over the tree that the proposals lead to, whose leaf says anything.
  ///
  /// - Parameter updated: Whose leaf the Updates among the proposals replace.
  func path(
    after proposals: [Proposal] = [], updating updated: LeafIndex? = nil,
    leaf change: (inout LeafNodeContents) -> Void = { _ in }, signer: SignatureKey? = nil
  ) throws -> UpdatePath {
    var tree = group.tree
    for case .update(let update) in proposals {
      if let updated { try tree.update(updated, to: update.leafNode) }
    }
    let own = group.ownLeaf
    var newMembers: Set<LeafIndex> = []
    for case .remove(let remove) in proposals where remove.removed != own {
      try? tree.remove(remove.removed)
    }
    for case .add(let add) in proposals {
      newMembers.insert(try tree.add(add.keyPackage.leafNode))
    }
    var contents = group.ownLeafNode.contents
    let place = LeafNode.Place(groupID: group.id, leafIndex: own)
    let key = signer ?? group.signatureKey
    let staged = try tree.stagePath(of: own, random: SystemRandom()) {
      (encryptionKey: HPKEPublicKey, parentHash: [UInt8]) throws(MLSError) -> LeafNode in
      contents.encryptionKey = encryptionKey
      contents.source = .commit(parentHash: parentHash)
      change(&contents)
      return try LeafNode(signing: contents, for: place, with: key)
    }
    return try staged.encrypted(
      in: tree, groupContext: group.encodedContext, excluding: newMembers)
  }
}

/// KeyPackages that break a rule each.
struct KeyPackageForger {
  let client: TestClient
  var version = ProtocolVersion.mls10
  var number: CipherSuite.Number
  var initKey: HPKEPublicKey
  var contents: LeafNodeContents
  var extensions: [Extension] = []
  /// Changes the leaf's signature.
  var breaksLeafSignature = false
  /// Changes the KeyPackage's signature.
  var breaksSignature = false

  init(_ name: String, suite: CipherSuite = .x25519ChaCha20) throws {
    client = try TestClient(name, suite: suite)
    let package = try client.keyPackage().keyPackage
    number = suite.number
    initKey = package.initKey
    contents = package.leafNode.contents
  }

  func make() throws -> KeyPackage {
    let leaf = try LeafNode(signing: contents, for: nil, with: client.signatureKey)
    var leafBytes = leaf.wireBytes
    if breaksLeafSignature { leafBytes[leafBytes.count - 1] ^= 1 }
    var writer = WireWriter()
    writer.write(version)
    writer.write(number)
    writer.write(initKey)
    writer.writeFixed(leafBytes)
    writer.writeVector(extensions)
    var signature = try client.signatureKey.sign(writer.bytes, label: "KeyPackageTBS")
    if breaksSignature { signature[0] ^= 1 }
    writer.writeOpaque(signature)
    return try KeyPackage(wireBytes: writer.bytes)
  }
}
