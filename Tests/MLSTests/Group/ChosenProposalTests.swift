// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// Which of the proposals that wait a Commit takes, and kinds of proposals and credentials that RFC
/// 9420 does not define.
struct ChosenProposalTests {
  @Test func `a Commit takes those that are named, in that order, and no other: RFC 9420 §12.4`()
    throws
  {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let packages = try ["carol", "dave", "erin"].map { try TestClient($0).keyPackage() }
    for package in packages {
      let message = try bob.propose(
        .add(package.keyPackage), validation: acceptAll, random: SystemRandom())
      _ = try alice.process(message, validation: acceptAll)
    }
    #expect(alice.pendingProposals == bob.pendingProposals)
    #expect(alice.pendingProposals.allSatisfy { $0.sender == .member(bob.ownLeaf) })
    let waiting = alice.pendingProposals.map(\.reference)
    var options = CommitOptions()
    options.pendingProposals = .only([waiting[2], waiting[0]])
    let pending = try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    #expect(
      pending.changes.additions.map(\.leaf)
        == [packages[2], packages[0]].map(\.keyPackage.leafNode))
    try bob.follow(pending.message)
    #expect(bob.members.count == 4 && bob.pendingProposals.isEmpty)
    options.pendingProposals = .only([ProposalRef([1])])
    #expect(throws: MLSError.invalidProposal(.unknownReference)) {
      try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    }
  }

  @Test func `whoever is to be removed cannot send so much that it stays: RFC 9420 §12.4`() throws {
    var groups = try groupOfThree()
    for _ in 0..<100 {
      // Valid by itself, and nobody has the key.
      let key = PreSharedKeyID(
        .external(id: [1]), for: groups[0].suite, random: SystemRandom())
      let junk = try groups[2].propose(
        .preSharedKey(key), validation: acceptAll, random: SystemRandom())
      _ = try groups[0].process(junk, validation: acceptAll)
    }
    let removal = try groups[1].propose(
      .remove(groups[2].ownLeaf), validation: acceptAll, random: SystemRandom())
    _ = try groups[0].process(removal, validation: acceptAll)
    let pending = try groups[0].commit(validation: acceptAll, random: SystemRandom())
    #expect(pending.changes.proposals == [.remove(groups[2].ownLeaf)])
    #expect(pending.next.members.count == 2)
  }

  @Test func `a chosen list that is no valid one is refused: RFC 9420 §12.2`() throws {
    var (alice, _) = try groupOfTwo(settings: .open)
    _ = try alice.proposeUpdate(validation: acceptAll, random: SystemRandom())
    var options = CommitOptions()
    options.pendingProposals = .only(alice.pendingProposals.map(\.reference))
    #expect(throws: MLSError.invalidProposal(.updateByCommitter)) {
      try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    }
  }

  /// A pair of members, one of whom may have an X.509 credential.
  private func pair(
    _ capabilities: Capabilities, bob credential: Credential, _ key: SignatureKey? = nil,
    validation: Validation
  ) throws -> (alice: Group, bob: Group) {
    var parameters = try TestClient("alice").parameters
    parameters.capabilities = capabilities
    var alice = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters, settings: .open,
      validation: validation, random: SystemRandom())
    let package = try OwnKeyPackage(
      signatureKey: key ?? SignatureKey(suite: .x25519ChaCha20, random: SystemRandom()),
      credential: credential, capabilities: capabilities,
      lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    let pending = try alice.commit(
      [.add(package.keyPackage)], validation: validation, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    return (
      pending.next,
      try Group(joining: welcome, with: package, settings: .open, validation: validation)
    )
  }

  @Test func `a type of proposal that all support is committed as it came: RFC 9420 §12.2`() throws
  {
    let type = ProposalType(rawValue: 0xF0F1)
    var capabilities = testCapabilities
    capabilities.proposals = [type]
    var (alice, bob) = try pair(
      capabilities, bob: .basic(identity: [2]), validation: acceptAll)
    let proposal = Proposal.other(type, body: [1, 2, 3])
    let message = try bob.propose(proposal, validation: acceptAll, random: SystemRandom())
    _ = try alice.process(MLSMessage(wireBytes: message.wireBytes), validation: acceptAll)
    let pending = try alice.commit(
      [.other(type, body: [])], validation: acceptAll, random: SystemRandom())
    let staged = try bob.processCommit(MLSMessage(wireBytes: pending.message.wireBytes))
    #expect(staged.changes.proposals == [proposal, .other(type, body: [])])
    #expect(staged.changes.committerLeaf != nil)
    #expect(try #require(staged.next).epochAuthenticator.equals(pending.next.epochAuthenticator))
  }

  /// Takes X.509 chains of two: a stand-in for the validation that is the application's.
  private struct ChainOfTwo: CredentialValidator {
    func accepts(
      _ credential: Credential, signatureKey: SignaturePublicKey,
      introducedBy event: CredentialEvent
    ) -> Bool {
      guard case .x509(let certificates) = credential else { return true }
      return certificates.count == 2
    }

    func acceptsSuccession(
      from old: (credential: Credential, signatureKey: SignaturePublicKey),
      to new: (credential: Credential, signatureKey: SignaturePublicKey)
    ) -> Bool { true }
  }

  @Test func `an X.509 chain reaches the application, whose word it is: RFC 9420 §5.3.1`() throws {
    let validation = Validation(credentials: ChainOfTwo(), now: testTime)
    let key = try SignatureKey(suite: .x25519ChaCha20, random: SystemRandom())
    let certificate = try testCertificate(of: key.publicKey)
    let chain = Credential.x509(certificates: [certificate, [2, 3]])
    var (alice, bob) = try pair(testCapabilities, bob: chain, key, validation: validation)
    #expect(alice.members[1].leaf.credential == chain)
    #expect(alice.epochAuthenticator.equals(bob.epochAuthenticator))
    let sent = try bob.protect([1], random: SystemRandom())
    #expect(try alice.unprotect(sent).senderLeaf.credential == chain)
    #expect(throws: MLSError.invalidLeafNode(.credential)) {
      try pair(
        testCapabilities, bob: .x509(certificates: [certificate]), key, validation: validation)
    }
  }
}
