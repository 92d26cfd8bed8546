// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

@testable import MLS

/// A Commit from outside by a client that checks nothing: every key, hash, signature and tag is right, so that the
/// rule which it breaks is all that stands against it.
struct ForgedExternalCommit {
  let group: Group
  let client: TestClient
  /// Behind the ExternalInit.
  var proposals: [Proposal] = []
  var kemOutput: [UInt8]
  var initSecret: SharedSecret
  var leaf: (inout LeafNodeContents) -> Void = { _ in }
  /// What the leaf's signature says of its place; the right one if nil.
  var place: LeafNode.Place?
  /// Whose key is in the leaf, and signs; the client's if nil.
  var signer: SignatureKey?
  var path: (inout UpdatePath) throws -> Void = { _ in }
  var pskSecret: SharedSecret?

  /// - Parameter group: As any member sees it.
  init(_ client: TestClient, into group: Group) throws {
    self.group = group
    self.client = client
    let external = try group.suite.deriveKeyPair(from: group.keys.external)
    let result = try group.suite.hpke.encapsulateExport(
      to: external.publicKey, info: [], exporterContext: CipherSuite.externalInitLabel,
      count: group.suite.hashLength)
    (kemOutput, initSecret) = (result.encapsulatedKey, result.secret)
  }

  func make() throws -> MLSMessage {
    let suite = group.suite
    let signer = signer ?? client.signatureKey
    var parameters = client.parameters
    parameters.signatureKey = signer
    var tree = group.tree
    for case .remove(let remove) in proposals { try? tree.remove(remove.removed) }
    let own = try tree.makeRoom()
    let place = place ?? LeafNode.Place(groupID: group.id, leafIndex: own)
    let staged = try tree.stagePath(of: own, random: SystemRandom()) {
      (key: HPKEPublicKey, parentHash: [UInt8]) throws(MLSError) -> LeafNode in
      var contents = LeafNodeContents(
        encryptionKey: key, parameters: parameters, source: .commit(parentHash: parentHash),
        random: SystemRandom())
      leaf(&contents)
      return try LeafNode(signing: contents, for: place, with: signer)
    }
    var context = group.context
    context.epoch = Epoch(group.epoch.rawValue + 1)
    context.treeHash = tree.treeHash()
    var updatePath = try staged.encrypted(
      in: tree, groupContext: context.wireBytes, excluding: [])
    try path(&updatePath)
    var message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: group.id, epoch: group.epoch, sender: .newMemberCommit, authenticatedData: [],
        body: .commit(
          Commit(
            proposals: ([.externalInit(kemOutput: kemOutput)] + proposals).map { .proposal($0) },
            path: updatePath))),
      wireFormat: .publicMessage, context: group.encodedContext, with: signer)
    context.confirmedTranscriptHash = suite.confirmedTranscriptHash(
      after: message, interim: group.interimTranscriptHash)
    message.auth.confirmationTag =
      NextEpoch(
        context: context, tree: tree, treeSecrets: staged.secrets, signatureKey: signer,
        commitSecret: staged.commitSecret, initSecret: initSecret,
        pskSecret: pskSecret ?? suite.zeroSecret
      ).begin(suite: suite, settings: group.settings).confirmationTag
    return .publicMessage(
      PublicMessage(content: message.content, auth: message.auth, membershipTag: nil))
  }
}
