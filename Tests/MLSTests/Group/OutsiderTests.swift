// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// Joining from outside, and proposals of those who are in no group.
struct OutsiderTests {
  @Test(arguments: testedSuites)
  func `a client joins on its own, and comes back in its own place: RFC 9420 §12.4.3.2`(
    suite: CipherSuite
  ) throws {
    var (alice, bob) = try groupOfTwo(suite: suite, settings: .open)
    let carol = try TestClient("carol", suite: suite)
    let join = try Group.joinExternally(
      alice.groupInfoForExternalJoin(random: SystemRandom()), as: carol.parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    let message = try MLSMessage(wireBytes: join.message.wireBytes)
    let staged = try bob.processCommit(message)
    #expect(staged.changes.sender == .newMemberCommit)
    #expect(staged.changes.committer == LeafIndex(2))
    bob = try #require(staged.next)
    try alice.follow(message)
    expectAgreement([alice, bob, join.group])
    let again = try TestClient("carol", suite: suite)
    let resync = try Group.joinExternally(
      bob.groupInfoForExternalJoin(random: SystemRandom()), as: again.parameters,
      replacing: LeafIndex(2),
      settings: .open, validation: acceptAll, random: SystemRandom())
    try alice.follow(resync.message)
    try bob.follow(resync.message)
    expectAgreement([alice, bob, resync.group])
    #expect(resync.group.ownLeaf == LeafIndex(2) && alice.members.count == 3)
  }

  @Test func `whoever is in the group does not join it again: RFC 9420 §12.4.3`() throws {
    let (alice, _) = try groupOfTwo(settings: .open)
    let info = try alice.groupInfoForExternalJoin(random: SystemRandom())
    let bob = try TestClient("bob").parameters
    #expect(throws: MLSError.invalidWelcome(.groupIDInUse)) {
      try Group.joinExternally(
        info, as: bob, settings: .open, validation: acceptAll, isInUse: { $0 == alice.id },
        random: SystemRandom())
    }
    // But for coming back in its own place.
    let resync = try Group.joinExternally(
      info, as: bob, replacing: LeafIndex(1), settings: .open, validation: acceptAll,
      isInUse: { $0 == alice.id }, random: SystemRandom())
    #expect(resync.group.members.count == 2)
  }

  @Test func `outsiders are heard where members have to encrypt`() throws {
    var settings = GroupSettings()
    settings.externalCommits = .accept
    var (alice, bob) = try groupOfTwo(settings: settings)
    let join = try Group.joinExternally(
      alice.groupInfoForExternalJoin(random: SystemRandom()),
      as: TestClient("carol").parameters, settings: settings, validation: acceptAll,
      random: SystemRandom())
    #expect(try bob.processCommit(join.message).next != nil)
    alice.settings.handshakeFormat = .publicMessage
    let open = try alice.commit(validation: acceptAll, random: SystemRandom())
    #expect(throws: MLSError.refusedBySettings(.publicMessage)) {
      try bob.process(open.message, validation: acceptAll)
    }
  }

  @Test func `without the external key, or where it is refused, nobody joins: RFC 9420 §12.4.3.2`()
    throws
  {
    var (alice, bob) = try groupOfTwo()
    let carol = try TestClient("carol")
    #expect(throws: MLSError.invalidWelcome(.externalPubMissing)) {
      try Group.joinExternally(
        alice.groupInfo(extensions: [alice.treeExtension], random: SystemRandom()),
        as: carol.parameters,
        validation: acceptAll, random: SystemRandom())
    }
    let join = try Group.joinExternally(
      alice.groupInfoForExternalJoin(random: SystemRandom()), as: carol.parameters,
      validation: acceptAll,
      random: SystemRandom())
    #expect(throws: MLSError.refusedBySettings(.externalCommit)) {
      try bob.process(join.message, validation: acceptAll)
    }
    alice.settings = .open
    alice.settings.externalCommits = .refuse
    #expect(throws: MLSError.refusedBySettings(.externalCommit)) {
      try alice.process(join.message, validation: acceptAll)
    }
  }

  @Test func `an external sender's and a newcomer's proposals can be committed: RFC 9420 §12.1.8`()
    throws
  {
    let outsider = try TestClient("outsider")
    var groups = try groupOfThree()
    let list = ExternalSender.asExtension([
      ExternalSender(
        signatureKey: outsider.signatureKey.publicKey, credential: outsider.credential)
    ])
    let allowed = try groups[0].commit(
      [.groupContextExtensions([list])], validation: acceptAll, random: SystemRandom())
    groups[0] = allowed.next
    for index in 1...2 { try groups[index].follow(allowed.message) }
    let dave = try TestClient("dave").keyPackage()
    let messages = try [
      MLSMessage.externalProposal(
        .remove(LeafIndex(2)), groupID: groups[0].id, epoch: groups[0].epoch, senderIndex: 0,
        signer: outsider.signatureKey),
      MLSMessage.newMemberProposal(dave, groupID: groups[0].id, epoch: groups[0].epoch),
    ]
    for message in messages {
      for index in groups.indices { _ = try groups[index].process(message, validation: acceptAll) }
    }
    let pending = try groups[0].commit(validation: acceptAll, random: SystemRandom())
    #expect(pending.changes.removals.map(\.index) == [LeafIndex(2)])
    try groups[1].follow(pending.message)
    let welcome = try #require(pending.welcome)
    let joined = try Group(
      joining: welcome, with: dave, settings: .open, validation: acceptAll)
    expectAgreement([pending.next, groups[1], joined])
    #expect(throws: MLSError.invalidProposal(.externalSenderType)) {
      try MLSMessage.externalProposal(
        .externalInit(kemOutput: []), groupID: groups[0].id, epoch: groups[0].epoch,
        senderIndex: 0, signer: outsider.signatureKey)
    }
  }

  @Test
  func `external senders and new members are let in by settings of their own: RFC 9420 §12.1.8`()
    throws
  {
    let (alice, _) = try groupOfTwo(settings: .open)
    let dave = try TestClient("dave").keyPackage()
    let asking = try MLSMessage.newMemberProposal(dave, groupID: alice.id, epoch: alice.epoch)
    let outside = try MLSMessage.externalProposal(
      .remove(LeafIndex(1)), groupID: alice.id, epoch: alice.epoch, senderIndex: 0,
      signer: dave.signatureKey)
    var strict = alice
    strict.settings.newMemberProposals = .refuse
    expectRefusal(by: strict, of: asking, .refusedBySettings(.newMemberProposal))
    expectRefusal(by: strict, of: outside, .invalidMessage(.externalSenderIndex))
    strict.settings = .open
    strict.settings.externalProposals = .refuse
    expectRefusal(by: strict, of: outside, .refusedBySettings(.externalProposal))
    _ = try strict.process(asking, validation: acceptAll)
  }

  @Test
  func `a custom kind of proposal is what its settings say: RFC 9420 §12.1.8, RFC 9420 §12.4`()
    throws
  {
    let type = ProposalType(rawValue: 0xF0F0)
    let custom = Proposal.other(type, body: [1])
    let outsider = try TestClient("outsider")
    var parameters = try TestClient("alice").parameters
    parameters.capabilities.proposals = [type]
    var alice = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters,
      extensions: [
        ExternalSender.asExtension([
          ExternalSender(
            signatureKey: outsider.signatureKey.publicKey, credential: outsider.credential)
        ])
      ], settings: .open, validation: acceptAll, random: SystemRandom())
    let message = try MLSMessage.externalProposal(
      custom, groupID: alice.id, epoch: alice.epoch, senderIndex: 0,
      signer: outsider.signatureKey)
    var options = CommitOptions()
    options.path = .whenRequired
    expectRefusal(by: alice, of: message, .invalidProposal(.externalSenderType))
    #expect(
      try alice.commit(
        [custom], options: options, validation: acceptAll, random: SystemRandom()
      ).changes.committerLeaf != nil)
    alice.settings.customProposals = [
      type: CustomProposalRules(path: .optional, externalSenders: .accept)
    ]
    _ = try alice.process(message, validation: acceptAll)
    let pending = try alice.commit(
      options: options, validation: acceptAll, random: SystemRandom())
    #expect(pending.changes.proposals == [custom] && pending.changes.committerLeaf == nil)
  }

  @Test func `a kind of which nothing is said needs a path: RFC 9420 §12.4`() throws {
    let type = ProposalType(rawValue: 0xF0F0)
    let custom = Proposal.other(type, body: [1])
    var parameters = try TestClient("alice").parameters
    parameters.capabilities.proposals = [type]
    var alice = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters, validation: acceptAll,
      random: SystemRandom())
    let package = try OwnKeyPackage(
      signatureKey: TestClient("bob").signatureKey, credential: parameters.credential,
      capabilities: parameters.capabilities,
      lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    let added = try alice.commit(
      [.add(package.keyPackage)], validation: acceptAll, random: SystemRandom())
    var bob = try Group(
      joining: #require(added.welcome), with: package, validation: acceptAll)
    var forgery = ForgedCommit([custom])
    forgery.withPath = false
    try expectRefusal(.invalidCommit(.pathMissing), forgery, from: added.next, by: bob)
    bob.settings.customProposals = [type: CustomProposalRules(path: .optional)]
    try bob.follow(forgery.message(from: added.next))
  }
}
