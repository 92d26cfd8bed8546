// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// A Commit by a member who checks nothing: every key, hash, signature and tag is right, so that the
/// rule which the test names is all that stands against it.
struct ForgedCommit {
  var proposals: [ProposalOrRef] = []
  /// What becomes of the tree beside what the proposals say.
  var withPath = true
  var leaf: (inout LeafNodeContents) -> Void = { _ in }
  /// Who signs the leaf; the group's key if nil. Its public half is put into the leaf.
  var leafSigner: SignatureKey?
  var path: (inout UpdatePath) -> Void = { _ in }
  var confirmationTag: (inout [UInt8]) -> Void = { _ in }
  /// Who signs the message.
  var messageSigner: SignatureKey?
  var sender: Sender?
  var epoch: Epoch?

  init(_ proposals: [Proposal] = []) {
    self.proposals = proposals.map { .proposal($0) }
  }

  /// The message, from a member as others see it.
  func message(from group: Group) throws -> MLSMessage {
    var group = group
    let suite = group.suite
    let own = group.ownLeaf
    var (tree, extensions, added) = try applied(to: group)
    var context = group.context
    context.epoch = Epoch(group.epoch.rawValue + 1)
    context.extensions = extensions
    var updatePath: UpdatePath?
    var commitSecret = suite.zeroSecret
    var secrets = group.treeSecrets.pruned(to: tree)
    if withPath {
      let old = group.ownLeafNode
      let signer = leafSigner ?? group.signatureKey
      let staged = try tree.stagePath(of: own, random: SystemRandom()) {
        (key, parentHash) throws(MLSError) in
        var contents = old.contents
        contents.encryptionKey = key
        contents.signatureKey = signer.publicKey
        contents.source = .commit(parentHash: parentHash)
        leaf(&contents)
        return try LeafNode(
          signing: contents, for: LeafNode.Place(groupID: group.id, leafIndex: own), with: signer)
      }
      context.treeHash = tree.treeHash()
      var path = try staged.encrypted(
        in: tree, groupContext: context.wireBytes, excluding: Set(added))
      self.path(&path)
      updatePath = path
      commitSecret = staged.commitSecret
      secrets = staged.secrets
    } else {
      context.treeHash = tree.treeHash()
    }
    var message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: group.id, epoch: epoch ?? group.epoch, sender: sender ?? .member(own),
        authenticatedData: [], body: .commit(Commit(proposals: proposals, path: updatePath))),
      wireFormat: .privateMessage, context: group.encodedContext,
      with: messageSigner ?? group.signatureKey)
    context.confirmedTranscriptHash = suite.confirmedTranscriptHash(
      after: message, interim: group.interimTranscriptHash)
    let next = NextEpoch(
      context: context, tree: tree, treeSecrets: secrets, signatureKey: group.signatureKey,
      commitSecret: commitSecret, initSecret: group.keys.initSecret, pskSecret: suite.zeroSecret
    ).begin(suite: suite, settings: group.settings)
    var tag = next.confirmationTag
    confirmationTag(&tag)
    message.auth.confirmationTag = tag
    return .privateMessage(try group.encrypt(message, padding: 0, random: SystemRandom()))
  }

  /// The proposals applied as far as they can be, unchecked.
  private func applied(
    to group: Group
  ) throws -> (tree: RatchetTree, extensions: [Extension], added: [LeafIndex]) {
    var tree = group.tree
    var extensions = group.extensions
    var added: [LeafIndex] = []
    let values = proposals.compactMap { item -> Proposal? in
      if case .proposal(let proposal) = item { proposal } else { nil }
    }
    for proposal in values {
      if case .groupContextExtensions(let new) = proposal { extensions = new }
    }
    for proposal in values {
      if case .remove(let remove) = proposal, remove.removed != group.ownLeaf {
        try? tree.remove(remove.removed)
      }
    }
    for proposal in values {
      if case .add(let add) = proposal { added.append(try tree.add(add.keyPackage.leafNode)) }
    }
    return (tree, extensions, added)
  }
}

/// Expects that a member refuses what another one forged, for one reason, and is none the worse: it
/// follows an honest Commit afterwards.
func expectRefused(
  _ expected: MLSError, _ forgery: ForgedCommit, from forger: Group, by victim: Group,
  validation: Validation = acceptAll, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var victim = victim
  let message = try forgery.message(from: forger)
  #expect(throws: expected, sourceLocation: sourceLocation) {
    try victim.process(message, validation: validation)
  }
  var forger = forger
  let honest = try forger.commit(validation: acceptAll, random: SystemRandom())
  try victim.follow(honest.message)
  #expect(
    victim.epochAuthenticator.equals(honest.next.epochAuthenticator),
    sourceLocation: sourceLocation)
}
