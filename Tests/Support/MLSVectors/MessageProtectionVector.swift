// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// PublicMessage and PrivateMessage of one member, both ways; RFC 9420 section 6.
struct MessageProtectionVector: Vector {
  static let kind = "message-protection"
  static let signature: Set<String> = ["membership_key", "application_priv", "proposal_pub"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let groupId: HexBytes
  let epoch: UInt64
  let treeHash: HexBytes
  let confirmedTranscriptHash: HexBytes
  let signaturePriv: HexBytes
  let signaturePub: HexBytes
  let encryptionSecret: HexBytes
  let senderDataSecret: HexBytes
  let membershipKey: HexBytes
  let proposal: HexBytes
  let proposalPub: HexBytes
  let proposalPriv: HexBytes
  let commit: HexBytes
  let commitPub: HexBytes
  let commitPriv: HexBytes
  let application: HexBytes
  let applicationPriv: HexBytes

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    let proposal = FramedContent.Body.proposal(try Proposal(wireBytes: proposal.bytes))
    let commit = FramedContent.Body.commit(try Commit(wireBytes: commit.bytes))
    let application = FramedContent.Body.application(application.bytes)
    try verify(publicMessage: proposalPub.bytes, holds: proposal, "proposal_pub", suite)
    try verify(privateMessage: proposalPriv.bytes, holds: proposal, "proposal_priv", suite)
    try verify(publicMessage: commitPub.bytes, holds: commit, "commit_pub", suite)
    try verify(privateMessage: commitPriv.bytes, holds: commit, "commit_priv", suite)
    try verify(privateMessage: applicationPriv.bytes, holds: application, "application_priv", suite)
    for body in [proposal, commit] {
      let made = try makePublic(body, suite).wireBytes
      try verify(publicMessage: made, holds: body, "own PublicMessage", suite)
    }
    for body in [proposal, commit, application] {
      let made = try makePrivate(body, suite).wireBytes
      try verify(privateMessage: made, holds: body, "own PrivateMessage", suite)
    }
    let refused = (try? makePublic(application, suite)) == nil
    try expect(refused, "application data in a PublicMessage")
  }

  private var context: [UInt8] {
    get throws {
      GroupContext(
        cipherSuite: try require(CipherSuite(rawValue: cipherSuite), "cipher_suite"),
        groupID: GroupID(groupId.bytes), epoch: Epoch(epoch), treeHash: treeHash.bytes,
        confirmedTranscriptHash: confirmedTranscriptHash.bytes, extensions: []
      ).wireBytes
    }
  }

  private func secretTree(_ suite: CipherSuite) throws -> SecretTree {
    SecretTree(
      encryptionSecret: SharedSecret(encryptionSecret.bytes),
      size: try require(TreeSize(leafCount: 2), "two leaves"), suite: suite)
  }

  private func sign(
    _ body: FramedContent.Body, _ format: MessageFormat, _ suite: CipherSuite
  ) throws -> AuthenticatedContent {
    let key = try SignatureKey(suite: suite, privateKey: suite.privateKey(signaturePriv))
    var message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: GroupID(groupId.bytes), epoch: Epoch(epoch), sender: .member(LeafIndex(1)),
        authenticatedData: [], body: body),
      wireFormat: format, context: context, with: key)
    if case .commit = body { message.auth.confirmationTag = [1, 2, 3] }
    return message
  }

  private func makePublic(_ body: FramedContent.Body, _ suite: CipherSuite) throws -> MLSMessage {
    .publicMessage(
      try PublicMessage(
        protecting: try sign(body, .publicMessage, suite),
        membershipKey: SharedSecret(membershipKey.bytes), context: context, suite: suite))
  }

  private func makePrivate(_ body: FramedContent.Body, _ suite: CipherSuite) throws -> MLSMessage {
    let staged = try secretTree(suite).stage(
      SecretTree.Kind(body.type), of: LeafIndex(1), generation: nil, settings: .open)
    return .privateMessage(
      try PrivateMessage(
        protecting: try sign(body, .privateMessage, suite), key: staged.key,
        senderDataSecret: SharedSecret(senderDataSecret.bytes),
        reuseGuard: SystemRandom().bytes(4), padding: 13, suite: suite))
  }

  private func verify(
    publicMessage bytes: [UInt8], holds body: FramedContent.Body, _ name: String,
    _ suite: CipherSuite
  ) throws {
    guard case .publicMessage(let message) = try MLSMessage(wireBytes: bytes) else {
      throw VectorFailure(description: "\(name): no PublicMessage")
    }
    let content = try message.content(
      membershipKey: SharedSecret(membershipKey.bytes), context: context, suite: suite)
    try verify(content, holds: body, name, suite)
  }

  private func verify(
    privateMessage bytes: [UInt8], holds body: FramedContent.Body, _ name: String,
    _ suite: CipherSuite
  ) throws {
    guard case .privateMessage(let message) = try MLSMessage(wireBytes: bytes) else {
      throw VectorFailure(description: "\(name): no PrivateMessage")
    }
    let sender = try message.senderData(
      secret: SharedSecret(senderDataSecret.bytes), suite: suite)
    try expect(sender.leafIndex == LeafIndex(1), "\(name): sender")
    let staged = try secretTree(suite).stage(
      SecretTree.Kind(message.contentType), of: sender.leafIndex, generation: sender.generation,
      settings: .open)
    let content = try message.content(from: sender, key: staged.key, suite: suite)
    try verify(content, holds: body, name, suite)
  }

  private func verify(
    _ message: AuthenticatedContent, holds body: FramedContent.Body, _ name: String,
    _ suite: CipherSuite
  ) throws {
    let key = SignaturePublicKey(signaturePub.bytes)
    try expect(
      message.verifySignature(by: key, suite: suite, context: context), "\(name): signature")
    try expect(message.content.body == body, "\(name): content")
  }
}
