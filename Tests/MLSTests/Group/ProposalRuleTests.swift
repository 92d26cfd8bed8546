// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// Lists of proposals that break a rule are refused by who commits and by who receives the Commit.
struct ProposalRuleTests {
  /// Has a member of a group of three commit the list, honestly and as a forger.
  private func expectRefusal(
    _ rule: MLSError, sourceLocation: SourceLocation = #_sourceLocation,
    _ proposals: (Group) throws -> [Proposal]
  ) throws {
    var (alice, bob) = try groupOfThree()
    let list = try proposals(alice)
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try alice.commit(list, validation: acceptAll, random: SystemRandom())
    }
    let before = bob.encodedExposingSecrets()
    var forger = Forger(group: alice)
    let message = try forger.commit(list)
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try bob.process(message, validation: acceptAll)
    }
    #expect(bob.encodedExposingSecrets() == before, sourceLocation: sourceLocation)
  }

  /// Alice and Bob; Carol is the third.
  private func groupOfThree() throws -> (alice: Group, bob: Group) {
    var (alice, bob) = try groupOfTwo()
    let carol = try TestClient("carol").keyPackage().keyPackage
    let pending = try alice.commit([.add(carol)], validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    return (pending.next, bob)
  }

  private func key(
    _ source: PreSharedKeyID.Source = .external(id: [1]), nonce: Int = 32
  ) -> Proposal {
    .preSharedKey(PreSharedKeyID(source: source, nonce: SystemRandom().bytes(nonce)))
  }

  @Test func `an Update by the committer: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.updateByCommitter)) { group in
      var contents = group.ownLeafNode.contents
      contents.source = .update
      let leaf = try LeafNode(
        signing: contents, for: LeafNode.Place(groupID: group.id, leafIndex: group.ownLeaf),
        with: group.signatureKey)
      return [.update(Update(leafNode: leaf))]
    }
  }

  @Test func `a Remove of the committer: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.removesCommitter)) { [.remove($0.ownLeaf)] }
  }

  @Test func `a Remove of nobody: RFC 9420 §12.1.3`() throws {
    try expectRefusal(.invalidProposal(.removesBlank)) { _ in [.remove(LeafIndex(3))] }
    try expectRefusal(.invalidProposal(.removesBlank)) { _ in [.remove(LeafIndex(.max))] }
  }

  @Test func `two Removes of one member: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.multipleForLeaf)) { _ in
      [.remove(LeafIndex(2)), .remove(LeafIndex(2))]
    }
  }

  @Test func `two Adds of one client: RFC 9420 §12.2`() throws {
    let dave = try TestClient("dave")
    let packages = try [dave.keyPackage().keyPackage, dave.keyPackage().keyPackage]
    try expectRefusal(.invalidProposal(.multipleAddsOfClient)) { _ in packages.map { .add($0) } }
  }

  @Test func `an Add of a member: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.addsExistingClient)) { group in
      let package = try OwnKeyPackage(
        signatureKey: group.signatureKey, credential: group.ownLeafNode.credential,
        capabilities: testCapabilities,
        lifetime: Lifetime(notBefore: testTime - 1, notAfter: testTime + 1),
        random: SystemRandom())
      return [.add(package.keyPackage)]
    }
  }

  @Test func `an Add with the encryption key of a member: RFC 9420 §7.3`() throws {
    try expectRefusal(.invalidLeafNode(.duplicateEncryptionKey)) { group in
      var forged = try KeyPackageForger("dave")
      forged.contents.encryptionKey = try #require(group.tree[LeafIndex(2)]).encryptionKey
      return [.add(try forged.make())]
    }
  }

  @Test func `a client may come back in the Commit that removes it: RFC 9420 §12.2`() throws {
    var alice = try TestClient("alice").createGroup()
    let bob = try TestClient("bob")
    let added = try alice.commit(
      [.add(try bob.keyPackage().keyPackage)], validation: acceptAll, random: SystemRandom())
    alice = added.next
    let again = try bob.keyPackage()
    let pending = try alice.commit(
      [.add(again.keyPackage), .remove(LeafIndex(1))], validation: acceptAll,
      random: SystemRandom())
    let welcome = try #require(pending.welcome)
    let group = try Group(joining: welcome, with: again, validation: acceptAll)
    #expect(group.epochAuthenticator.equals(pending.next.epochAuthenticator))
  }

  @Test func `a pre-shared key twice: RFC 9420 §12.2`() throws {
    let proposal = key()
    try expectRefusal(.invalidProposal(.duplicatePreSharedKey)) { _ in [proposal, proposal] }
  }

  @Test func `a nonce of another length: RFC 9420 §12.1.4`() throws {
    try expectRefusal(.invalidProposal(.pskNonceLength)) { _ in [key(nonce: 31)] }
  }

  @Test func `a resumption key for founding, in an ordinary Commit: RFC 9420 §12.1.4`() throws {
    for usage in [PreSharedKeyID.ResumptionUsage.reInit, .branch] {
      try expectRefusal(.invalidProposal(.pskUsage)) { group in
        [key(.resumption(usage, groupID: group.id, epoch: group.epoch))]
      }
    }
  }

  @Test func `a pre-shared key that is not there: RFC 9420 §12.4.2`() throws {
    try expectRefusal(.missingPreSharedKey) { _ in [key()] }
  }

  @Test func `two changes of the extensions: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.multipleGroupContextExtensions)) { _ in
      [.groupContextExtensions([]), .groupContextExtensions([])]
    }
  }

  @Test func `a ReInit beside something else: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.reInitNotAlone)) { group in
      [
        .reInit(
          ReInit(groupID: GroupID([1]), cipherSuite: group.suite.number, extensions: [])),
        .remove(LeafIndex(2)),
      ]
    }
  }

  @Test func `a ReInit to an older version: RFC 9420 §12.1.5`() throws {
    try expectRefusal(.invalidProposal(.reInitVersion)) { group in
      [
        .reInit(
          ReInit(
            groupID: GroupID([1]), version: ProtocolVersion(rawValue: 0),
            cipherSuite: group.suite.number, extensions: []))
      ]
    }
  }

  @Test func `an ExternalInit of a member: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.externalInitInMemberCommit)) { _ in
      [.externalInit(kemOutput: [1])]
    }
  }

  @Test func `a type that not all members list: RFC 9420 §12.2`() throws {
    try expectRefusal(.invalidProposal(.unsupportedType)) { _ in
      [.other(ProposalType(rawValue: 0xF0EE), body: [])]
    }
  }

  // MARK: Extensions of the group context

  @Test func `an extension that a member does not list: RFC 9420 §13.4`() throws {
    try expectRefusal(.invalidExtensions(.unsupported)) { _ in
      [.groupContextExtensions([Extension(type: ExtensionType(rawValue: 0xF0EE), data: [])])]
    }
  }

  @Test func `an extension twice: RFC 9420 §13.4`() throws {
    try expectRefusal(.invalidExtensions(.duplicateType)) { _ in
      [
        .groupContextExtensions([
          Extension(type: testExtension, data: []), Extension(type: testExtension, data: []),
        ])
      ]
    }
  }

  @Test func `required capabilities that a member lacks: RFC 9420 §12.1.7`() throws {
    let missing: [RequiredCapabilities] = [
      RequiredCapabilities(extensions: [ExtensionType(rawValue: 0xF0EE)]),
      RequiredCapabilities(proposals: [ProposalType(rawValue: 0xF0EE)]),
      RequiredCapabilities(credentials: [CredentialType(rawValue: 0xF0EE)]),
    ]
    for required in missing {
      try expectRefusal(.invalidExtensions(.requiredCapabilities)) { _ in
        [.groupContextExtensions([required.asExtension])]
      }
    }
    try expectRefusal(.invalidExtensions(.malformed)) { _ in
      [.groupContextExtensions([Extension(type: .requiredCapabilities, data: [9])])]
    }
  }

  @Test func `a newcomer without the required capabilities: RFC 9420 §7.3`() throws {
    let required = RequiredCapabilities(
      extensions: [testExtension], credentials: [CredentialType(rawValue: 0xF0A0)])
    var alice = try TestClient("alice").createGroup(extensions: [required.asExtension])
    var forged = try KeyPackageForger("bob")
    forged.contents.capabilities.credentials = [.basic]
    let package = try forged.make()
    #expect(throws: MLSError.invalidLeafNode(.requiredCapabilities)) {
      try alice.commit([.add(package)], validation: acceptAll, random: SystemRandom())
    }
  }

  @Test func `a newcomer that does not know the group's extensions: RFC 9420 §13.4`() throws {
    var alice = try TestClient("alice").createGroup(
      extensions: [Extension(type: testExtension, data: [1])])
    var forged = try KeyPackageForger("bob")
    forged.contents.capabilities.extensions = []
    let package = try forged.make()
    #expect(throws: MLSError.invalidLeafNode(.groupExtensionUnsupported)) {
      try alice.commit([.add(package)], validation: acceptAll, random: SystemRandom())
    }
  }
}
