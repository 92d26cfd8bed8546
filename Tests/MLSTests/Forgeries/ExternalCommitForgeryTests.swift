// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about a Commit from outside, one that breaks it, signed by the joiner.
struct ExternalCommitForgeryTests {
  private let carol: TestClient
  private let alice: Group

  init() throws {
    carol = try TestClient("carol")
    alice = try groupOfTwo(settings: .open).alice
  }

  private func join(replacing: LeafIndex? = nil) throws -> PublicMessage {
    let joined = try Group.joinExternally(
      alice.groupInfoForExternalJoin(random: SystemRandom()), as: carol.parameters,
      replacing: replacing, settings: .open, validation: acceptAll, random: SystemRandom())
    guard case .publicMessage(let message) = joined.message else { throw MLSError.invalidArgument }
    return message
  }

  /// An honest Commit with other proposals or another path, under a signature of its own.
  private func forged(
    proposals: ([ProposalOrRef]) throws -> [ProposalOrRef] = { $0 },
    path: (UpdatePath?) -> UpdatePath? = { $0 }, tag: ([UInt8]?) -> [UInt8]? = { $0 },
    sender: Sender = .newMemberCommit, signer: SignatureKey? = nil
  ) throws -> MLSMessage {
    let honest = try join()
    guard case .commit(let commit) = honest.content.body else { throw MLSError.invalidArgument }
    var message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: alice.id, epoch: alice.epoch, sender: sender, authenticatedData: [],
        body: .commit(
          Commit(proposals: try proposals(commit.proposals), path: path(commit.path)))),
      wireFormat: .publicMessage, context: alice.encodedContext,
      with: signer ?? carol.signatureKey)
    message.auth.confirmationTag = tag(honest.auth.confirmationTag)
    return .publicMessage(
      PublicMessage(content: message.content, auth: message.auth, membershipTag: nil))
  }

  private func expectRefusal(
    _ error: MLSError, _ message: MLSMessage, validation: Validation = acceptAll,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    MLSTests.expectRefusal(
      by: alice, of: message, error, validation: validation, sourceLocation: sourceLocation)
  }

  @Test func `an honest one is followed`() throws {
    var alice = alice
    try alice.follow(.publicMessage(join()))
    #expect(alice.members.count == 3)
  }

  @Test func `without a path — RFC 9420 §12.4.3.2`() throws {
    expectRefusal(.invalidCommit(.pathMissing), try forged(path: { _ in nil }))
  }

  @Test func `with a proposal by reference — RFC 9420 §12.4.3.2`() throws {
    expectRefusal(
      .invalidCommit(.referenceInExternalCommit),
      try forged(proposals: { $0 + [.reference(ProposalRef([UInt8](repeating: 1, count: 32)))] }))
  }

  @Test func `with no external init, two, or what only members may commit — RFC 9420 §12.2`() throws
  {
    let lists: [([ProposalOrRef]) throws -> [ProposalOrRef]] = [
      { _ in [] }, { $0 + $0 }, { $0 + [.proposal(.add(try ForgedKeyPackage().make()))] },
      { $0 + [.proposal(.groupContextExtensions([]))] },
      { $0 + [.proposal(.remove(LeafIndex(0))), .proposal(.remove(LeafIndex(1)))] },
    ]
    for list in lists {
      expectRefusal(.invalidProposal(.externalCommitContents), try forged(proposals: list))
    }
    expectRefusal(
      .invalidProposal(.removesBlank),
      try forged(proposals: { $0 + [.proposal(.remove(LeafIndex(7)))] }))
  }

  @Test func `not signed by the leaf of its path — RFC 9420 §12.4.3.2, RFC 9420 §6.1`() throws {
    expectRefusal(
      .invalidMessage(.signature),
      try forged(signer: SignatureKey(suite: alice.suite, random: SystemRandom())))
  }

  @Test func `from a sender who may not commit — RFC 9420 §6.1`() throws {
    for sender in [Sender.newMemberProposal, .external(index: 0)] {
      expectRefusal(.invalidMessage(.senderType), try forged(sender: sender))
    }
  }

  @Test func `in place of somebody whom the application does not take it for — RFC 9420 §5.3.1`()
    throws
  {
    expectRefusal(
      .invalidLeafNode(.credential), .publicMessage(try join(replacing: LeafIndex(1))),
      validation: Validation(credentials: NoMallory(), now: testTime))
  }

  /// A Commit whose tag follows from any init secret.
  private func made(kemOutput: [UInt8], initSecret: SharedSecret) throws -> MLSMessage {
    var forgery = try ForgedExternalCommit(carol, into: alice)
    forgery.kemOutput = kemOutput
    forgery.initSecret = initSecret
    return try forgery.make()
  }

  @Test func `with another init secret — RFC 9420 §12.4.2`() throws {
    let right = try ForgedExternalCommit(carol, into: alice)
    let other = try ForgedExternalCommit(carol, into: alice)
    var follower = alice
    try follower.follow(right.make())
    for wrong in [other.initSecret, alice.keys.initSecret, alice.suite.zeroSecret] {
      expectRefusal(
        .invalidCommit(.confirmationTag),
        try made(kemOutput: right.kemOutput, initSecret: wrong))
    }
    expectRefusal(
      .decryptionFailed, try made(kemOutput: [1], initSecret: right.initSecret))
  }

  @Test func `with another confirmation tag — RFC 9420 §12.4.2`() throws {
    expectRefusal(
      .invalidCommit(.confirmationTag),
      try forged(tag: { $0.map { [$0[0] ^ 1] + $0.dropFirst() } }))
  }
}
