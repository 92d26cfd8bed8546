// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// Proposals sent on their own and committed by reference, pre-shared keys, and groups founded from
/// others.
struct ReferenceTests {
  @Test(arguments: [GroupSettings.HandshakeFormat.privateMessage, .publicMessage])
  func `an Update and an Add by reference take effect`(
    format: GroupSettings.HandshakeFormat
  ) throws {
    var groups = try groupOfThree(format: format)
    let renewed = try TestClient("bob, renewed")
    let dave = try TestClient("dave").keyPackage()
    let update = try groups[1].proposeUpdate(
      renewed.parameters, validation: acceptAll, random: SystemRandom())
    let add = try groups[2].propose(
      .add(dave.keyPackage), validation: acceptAll, random: SystemRandom())
    for (sender, message) in [(1, update), (2, add)] {
      for index in groups.indices where index != sender {
        guard case .proposal = try groups[index].process(message, validation: acceptAll) else {
          Issue.record("not a proposal")
          return
        }
      }
    }
    // Whoever has seen a proposal commits before it sends data.
    #expect(throws: MLSError.invalidMessage(.proposalsPending)) {
      try groups[0].protect([1], random: SystemRandom())
    }
    for index in groups.indices {
      groups[index] = try Group(exposedBytes: groups[index].encodedExposingSecrets())
    }
    let pending = try groups[0].commit(validation: acceptAll, random: SystemRandom())
    #expect(pending.changes.updates.map(\.index) == [LeafIndex(1)])
    try groups[1].follow(pending.message)
    try groups[2].follow(pending.message)
    groups[0] = pending.next
    let welcome = try #require(pending.welcome)
    groups.append(
      try Group(joining: welcome, with: dave, settings: .open, validation: acceptAll))
    expectAgreement(groups)
    #expect(groups[1].ownLeafNode.credential == renewed.credential)
    let sent = try groups[1].protect([9], random: SystemRandom())
    #expect(try groups[3].unprotect(sent).data == [9])
  }

  @Test func `a member's own Update gives way to its own path, a Remove of it to the others'`()
    throws
  {
    var groups = try groupOfThree()
    let update = try groups[1].proposeUpdate(validation: acceptAll, random: SystemRandom())
    let removal = try groups[2].propose(
      .remove(LeafIndex(1)), validation: acceptAll, random: SystemRandom())
    _ = try groups[1].process(removal, validation: acceptAll)
    _ = try groups[0].process(update, validation: acceptAll)
    _ = try groups[0].process(removal, validation: acceptAll)
    _ = try groups[2].process(update, validation: acceptAll)
    let own = try groups[1].commit(validation: acceptAll, random: SystemRandom())
    #expect(own.changes.proposals.isEmpty)
    let others = try groups[0].commit(validation: acceptAll, random: SystemRandom())
    #expect(others.changes.proposals == [.remove(LeafIndex(1))])
    #expect(try groups[1].processCommit(others.message).next == nil)
    try groups[2].follow(others.message)
    expectAgreement([others.next, groups[2]])
  }

  @Test func `a proposal of another epoch is not taken: RFC 9420 §12.1`() throws {
    var groups = try groupOfThree()
    let late = try groups[2].propose(
      .remove(LeafIndex(1)), validation: acceptAll, random: SystemRandom())
    let pending = try groups[0].commit(validation: acceptAll, random: SystemRandom())
    try groups[1].follow(pending.message)
    #expect(throws: MLSError.wrongEpoch) { try groups[1].process(late, validation: acceptAll) }
  }

  @Test func `an invalid proposal is refused when it comes: RFC 9420 §12.1`() throws {
    let groups = try groupOfThree()
    var forger = Forger(group: groups[0])
    var forged = try KeyPackageForger("dave")
    forged.breaksSignature = true
    let package = try forged.make()
    let otherLeaf = groups[1].ownLeafNode
    let one = Extension(type: testExtension, data: [])
    let cases: [(Proposal, MLSError)] = [
      (.add(package), .invalidKeyPackage(.signature)),
      (.update(Update(leafNode: otherLeaf)), .invalidLeafNode(.source)),
      (.remove(LeafIndex(7)), .invalidProposal(.removesBlank)),
      (
        .groupContextExtensions([one, one]), .invalidExtensions(.duplicateType)
      ),
      (
        .groupContextExtensions([Extension(type: .requiredCapabilities, data: [1])]),
        .invalidExtensions(.malformed)
      ),
      (
        .reInit(
          ReInit(
            groupID: GroupID([1]), cipherSuite: groups[0].suite.number, extensions: [one, one])),
        .invalidExtensions(.duplicateType)
      ),
      (
        .reInit(
          ReInit(
            groupID: GroupID([1]), version: ProtocolVersion(rawValue: 0),
            cipherSuite: groups[0].suite.number, extensions: [])),
        .invalidProposal(.reInitVersion)
      ),
      (.externalInit(kemOutput: []), .invalidProposal(.externalInitInMemberCommit)),
      (
        .preSharedKey(PreSharedKeyID(source: .external(id: []), nonce: [1])),
        .invalidProposal(.pskNonceLength)
      ),
      (
        .preSharedKey(
          PreSharedKeyID(
            .resumption(.reInit, groupID: groups[0].id, epoch: groups[0].epoch),
            for: groups[0].suite, random: SystemRandom())), .invalidProposal(.pskUsage)
      ),
      (
        .preSharedKey(
          PreSharedKeyID(
            .resumption(.branch, groupID: groups[0].id, epoch: groups[0].epoch),
            for: groups[0].suite, random: SystemRandom())), .invalidProposal(.pskUsage)
      ),
    ]
    for (proposal, rule) in cases {
      let message = try forger.send(.proposal(proposal))
      var receiver = groups[2]
      #expect(throws: rule) { try receiver.process(message, validation: acceptAll) }
      #expect(receiver.proposals.isEmpty)
      // Nor does an honest member send it.
      var sender = groups[0]
      let before = sender.encodedExposingSecrets()
      let own = if case .update = proposal { MLSError.invalidProposal(.updateSender) } else { rule }
      #expect(throws: own) {
        try sender.propose(proposal, validation: acceptAll, random: SystemRandom())
      }
      #expect(sender.encodedExposingSecrets() == before)
    }
  }

  @Test
  func `an ExternalInit is not for members, nor an Update without its keys: RFC 9420 §12.1.6`()
    throws
  {
    var (alice, _) = try groupOfTwo(settings: .open)
    #expect(throws: MLSError.invalidProposal(.externalInitInMemberCommit)) {
      try alice.propose(.externalInit(kemOutput: []), validation: acceptAll, random: SystemRandom())
    }
    let leaf = alice.ownLeafNode
    #expect(throws: MLSError.invalidProposal(.updateSender)) {
      try alice.propose(
        .update(Update(leafNode: leaf)), validation: acceptAll, random: SystemRandom())
    }
  }

  // MARK: Pre-shared keys

  @Test func `pre-shared keys reach members and newcomers`() throws {
    var groups = try groupOfThree()
    let store = ExternalKeys(external: [[1]: SystemRandom().secret(32)])
    let suite = groups[0].suite
    let external = PreSharedKeyID(
      source: .external(id: [1]), nonce: SystemRandom().bytes(suite.hashLength))
    let resumption = PreSharedKeyID(
      source: .resumption(.application, groupID: groups[0].id, epoch: groups[0].epoch),
      nonce: SystemRandom().bytes(suite.hashLength))
    var options = CommitOptions()
    options.path = .whenRequired
    let pending = try groups[0].commit(
      [.preSharedKey(external), .preSharedKey(resumption)], options: options,
      preSharedKeys: store, validation: acceptAll, random: SystemRandom())
    #expect(pending.changes.committerLeaf == nil)
    #expect(throws: MLSError.missingPreSharedKey) {
      try groups[1].process(pending.message, validation: acceptAll)
    }
    for index in 1...2 {
      let outcome = try groups[index].process(
        pending.message, preSharedKeys: store, validation: acceptAll)
      groups[index] = try #require(outcome.commit?.next)
    }
    groups[0] = pending.next
    expectAgreement(groups)
    let dave = try TestClient("dave").keyPackage()
    let added = try groups[0].commit(
      [.add(dave.keyPackage), .preSharedKey(external)], preSharedKeys: store,
      validation: acceptAll, random: SystemRandom())
    let welcome = try #require(added.welcome)
    #expect(throws: MLSError.missingPreSharedKey) {
      try Group(joining: welcome, with: dave, settings: .open, validation: acceptAll)
    }
    let joined = try Group(
      joining: welcome, with: dave, preSharedKeys: store, settings: .open, validation: acceptAll)
    expectAgreement([added.next, joined])
  }

  @Test func `whoever is removed needs no pre-shared key to know it: RFC 9420 §12.4.2`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let key = PreSharedKeyID(
      source: .external(id: [1]), nonce: SystemRandom().bytes(alice.suite.hashLength))
    let pending = try alice.commit(
      [.remove(bob.ownLeaf), .preSharedKey(key)],
      preSharedKeys: ExternalKeys(external: [[1]: SystemRandom().secret(32)]),
      validation: acceptAll,
      random: SystemRandom())
    let staged = try bob.processCommit(pending.message)
    #expect(staged.next == nil && staged.changes.preSharedKeys == [key])
  }

  // MARK: Founding from another group

  @Test
  func `a ReInit closes the group and leads to its successor: RFC 9420 §11.2, RFC 9420 §12.4.1`()
    throws
  {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let suite = CipherSuite.hybridAES256
    let reInit = ReInit(
      groupID: GroupID(SystemRandom().bytes(32)), cipherSuite: suite.number, extensions: [])
    let closing = try alice.commit(
      [.reInit(reInit)], validation: acceptAll, random: SystemRandom())
    try bob.follow(closing.message)
    alice = closing.next
    for group in [alice, bob] {
      var group = try Group(exposedBytes: group.encodedExposingSecrets())
      #expect(throws: MLSError.groupInactive) { try group.protect([1], random: SystemRandom()) }
      #expect(throws: MLSError.groupInactive) {
        try group.commit(validation: acceptAll, random: SystemRandom())
      }
    }
    let bobAgain = try TestClient("bob", suite: suite).keyPackage()
    let successor = try alice.reinitialised(
      as: TestClient("alice", suite: suite).parameters, members: [bobAgain.keyPackage],
      validation: acceptAll, random: SystemRandom())
    let welcome = try #require(successor.welcome)
    #expect(throws: MLSError.missingPreSharedKey) {
      try Group(joining: welcome, with: bobAgain, settings: .open, validation: acceptAll)
    }
    let joined = try Group(
      joining: welcome, with: bobAgain, predecessor: bob, settings: .open, validation: acceptAll)
    expectAgreement([successor.group, joined])
    #expect(joined.id == reInit.groupID && joined.suite == suite && joined.epoch == Epoch(1))
    // A successor without everybody, or one that was never asked for.
    #expect(throws: MLSError.invalidWelcome(.reInitMismatch)) {
      try alice.reinitialised(
        as: TestClient("alice", suite: suite).parameters, members: [], validation: acceptAll,
        random: SystemRandom())
    }
    bob.reInit?.extensions = [Extension(type: testExtension, data: [1])]
    #expect(throws: MLSError.invalidWelcome(.reInitMismatch)) {
      try Group(
        joining: welcome, with: bobAgain, predecessor: bob, settings: .open,
        validation: acceptAll)
    }
  }

  @Test func `a branch holds some of the members and nobody else: RFC 9420 §11.3`() throws {
    let groups = try groupOfThree()
    let carolAgain = try TestClient("carol").keyPackage()
    let branch = try groups[0].branched(
      id: GroupID(SystemRandom().bytes(32)), as: TestClient("alice").parameters,
      members: [carolAgain.keyPackage], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(branch.welcome)
    let joined = try Group(
      joining: welcome, with: carolAgain, predecessor: groups[2], settings: .open,
      validation: acceptAll)
    expectAgreement([branch.group, joined])
    let stranger = try TestClient("dave").keyPackage()
    #expect(throws: MLSError.invalidWelcome(.branchMismatch)) {
      try groups[0].branched(
        id: GroupID([1]), as: TestClient("alice").parameters, members: [stranger.keyPackage],
        validation: Validation(credentials: NoMallory(), now: testTime), random: SystemRandom())
    }
  }
}
