// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// Reserved values: sent wherever RFC 9420 section 13.5 says, ignored wherever they come, and
/// supported by nobody.
struct GreaseTests {
  private let reserved: [UInt16] = (0..<15).map { $0 * 0x1010 + 0x0A0A }

  private func package(_ seed: UInt64, grease: Grease = .include) throws -> OwnKeyPackage {
    let random = SeededRandom(seed: seed)
    return try OwnKeyPackage(
      signatureKey: SignatureKey(suite: .x25519AES128, random: random),
      credential: .basic(identity: [1]), capabilities: Capabilities(extensions: [testExtension]),
      lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60),
      leafExtensions: [Extension(type: testExtension, data: [1])],
      extensions: [Extension(type: testExtension, data: [2])], grease: grease, random: random)
  }

  @Test func `the reserved values are those of the registry: RFC 9420 §13.5`() {
    let all = (0...UInt16.max).filter { ExtensionType(rawValue: $0).isGREASE }
    #expect(all == reserved)
    #expect(reserved.first == 0x0A0A && reserved.last == 0xEAEA)
  }

  @Test func `a KeyPackage has them in its lists, in any place: RFC 9420 §13.5`() throws {
    var seen: Set<UInt16> = []
    var places: Set<Int> = []
    var inLeaf = 0
    for seed in 0..<60 {
      let made = try package(UInt64(seed)).keyPackage
      let capabilities = made.leafNode.capabilities
      let lists = [
        capabilities.cipherSuites.map(\.rawValue), capabilities.extensions.map(\.rawValue),
        capabilities.proposals.map(\.rawValue), capabilities.credentials.map(\.rawValue),
      ]
      for list in lists {
        let found = list.filter(reserved.contains)
        #expect((1...2).contains(found.count) && Set(list).count == list.count)
        seen.formUnion(found)
      }
      places.formUnion(
        capabilities.credentials.indices.filter { capabilities.credentials[$0].isGREASE })
      // What would be refused holds none.
      #expect(capabilities.versions == [.mls10] && !made.leafNode.credential.type.isGREASE)
      for extensions in [made.leafNode.extensions, made.extensions] {
        #expect(extensions[testExtension] != nil && extensions.hasUniqueTypes)
        #expect(capabilities.supports(all: extensions.map(\.type)))
      }
      #expect(made.extensions.contains { $0.type.isGREASE })
      inLeaf += made.leafNode.extensions.filter(\.type.isGREASE).count
      #expect(try made.validated(acceptAll) == .x25519AES128)
    }
    #expect(seen == Set(reserved))
    #expect(places.isSuperset(of: [0, 1]))
    #expect(inLeaf > 10 && inLeaf < 50)
  }

  @Test func `they follow from the random source, and can be left out: RFC 9420 §13.5`() throws {
    #expect(try package(7).keyPackage == package(7).keyPackage)
    let plain = try package(7, grease: .leaveOut).keyPackage
    #expect(plain.leafNode.capabilities == Capabilities(extensions: [testExtension]))
    #expect(plain.extensions.map(\.type) == [testExtension])
    #expect(plain.leafNode.extensions.map(\.type) == [testExtension])
  }

  @Test func `they can stand in the lists alone: RFC 9420 §13.5`() throws {
    for seed in 0..<20 {
      let made = try package(UInt64(seed), grease: .inCapabilities).keyPackage
      let capabilities = made.leafNode.capabilities
      #expect(capabilities.extensions.contains { $0.isGREASE })
      #expect(capabilities.credentials.contains { $0.isGREASE })
      #expect(made.extensions.map(\.type) == [testExtension])
      #expect(made.leafNode.extensions.map(\.type) == [testExtension])
    }
  }

  @Test func `leaves, Welcomes and GroupInfos of a group hold them: RFC 9420 §13.5`() throws {
    let client = try TestClient("alice", grease: .include)
    var alice = try client.createGroup(settings: .open)
    #expect(alice.ownLeafNode.capabilities.proposals.contains { $0.isGREASE })
    let bobPackage = try TestClient("bob", grease: .include).keyPackage()
    let pending = try alice.commit(
      [.add(bobPackage.keyPackage)], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    let opened = try welcome.open(with: bobPackage, NoPreSharedKeys())
    #expect(opened.info.extensions.contains { $0.type.isGREASE })
    var bob = try Group(
      joining: welcome, with: bobPackage, settings: .open, validation: acceptAll)
    alice = pending.next
    // In the group context there are none, whatever the leaves say.
    #expect(!alice.extensions.contains { $0.type.isGREASE })
    // An Update, a Commit's leaf and an external joiner's.
    let update = try bob.proposeUpdate(
      TestClient("bob", grease: .include).parameters, validation: acceptAll,
      random: SystemRandom())
    _ = try alice.process(update, validation: acceptAll)
    var options = CommitOptions()
    options.leaf = try TestClient("alice", grease: .include).parameters
    let second = try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    try bob.follow(second.message)
    alice = second.next
    #expect(bob.members.allSatisfy { $0.leaf.capabilities.cipherSuites.contains { $0.isGREASE } })
    let info = try alice.groupInfoForExternalJoin(random: SystemRandom())
    #expect(info.extensions.contains { $0.type.isGREASE })
    let join = try Group.joinExternally(
      GroupInfo(wireBytes: info.wireBytes),
      as: TestClient("carol", grease: .include).parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    try alice.follow(join.message)
    try bob.follow(join.message)
    #expect(alice.epochAuthenticator.equals(join.group.epochAuthenticator))
    #expect(bob.epochAuthenticator.equals(join.group.epochAuthenticator))
  }

  /// Two members who both list a reserved value everywhere.
  private func groupThatListsAll() throws -> (alice: Group, bob: Group) {
    var capabilities = testCapabilities
    capabilities.extensions += reserved.map { ExtensionType(rawValue: $0) }
    capabilities.proposals += reserved.map { ProposalType(rawValue: $0) }
    capabilities.credentials += reserved.map { CredentialType(rawValue: $0) }
    var client = try TestClient("alice").parameters
    client.capabilities = capabilities
    var alice = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: client, settings: .open,
      validation: acceptAll, random: SystemRandom())
    let package = try OwnKeyPackage(
      signatureKey: SignatureKey(suite: .x25519ChaCha20, random: SystemRandom()),
      credential: .basic(identity: [2]), capabilities: capabilities,
      lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    let pending = try alice.commit(
      [.add(package.keyPackage)], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    return (
      pending.next,
      try Group(joining: welcome, with: package, settings: .open, validation: acceptAll)
    )
  }

  @Test func `nobody supports one, though all list it: RFC 9420 §13.5`() throws {
    let (alice, bob) = try groupThatListsAll()
    let type = ExtensionType(rawValue: 0x0A0A)
    let required = [
      RequiredCapabilities(extensions: [type]),
      RequiredCapabilities(proposals: [ProposalType(rawValue: 0x1A1A)]),
      RequiredCapabilities(credentials: [CredentialType(rawValue: 0x2A2A)]),
    ]
    let cases: [(Proposal, MLSError)] =
      [
        (
          .groupContextExtensions([Extension(type: type, data: [])]),
          .invalidExtensions(.unsupported)
        ),
        (
          .other(ProposalType(rawValue: 0x0A0A), body: []),
          .invalidProposal(.unsupportedType)
        ),
      ]
      + required.map {
        (.groupContextExtensions([$0.asExtension]), .invalidExtensions(.requiredCapabilities))
      }
    for (proposal, rule) in cases {
      var sender = alice
      #expect(throws: rule) {
        try sender.commit([proposal], validation: acceptAll, random: SystemRandom())
      }
      var forger = Forger(group: alice)
      let message = try forger.commit([proposal])
      var receiver = bob
      #expect(throws: rule) { try receiver.process(message, validation: acceptAll) }
    }
  }

  @Test func `no credential is of such a type: RFC 9420 §13.5`() throws {
    var (alice, bob) = try groupThatListsAll()
    let type = CredentialType(rawValue: 0x3A3A)
    let package = try ForgedKeyPackage(leaf: {
      $0.credential = .other(type, body: [1])
      $0.capabilities.credentials.append(type)
    }).make()
    let rule = MLSError.invalidLeafNode(.credentialTypeUnsupported)
    #expect(throws: rule) {
      try alice.commit([.add(package)], validation: acceptAll, random: SystemRandom())
    }
    var forger = Forger(group: alice)
    let message = try forger.commit([.add(package)])
    #expect(throws: rule) { try bob.process(message, validation: acceptAll) }
    #expect(bob.members.count == 2)
  }

  @Test func `no committer has such a credential: RFC 9420 §13.5`() throws {
    let (alice, bob) = try groupThatListsAll()
    let credential = Credential.other(CredentialType(rawValue: 0x3A3A), body: [1])
    let rule = MLSError.invalidLeafNode(.credentialTypeUnsupported)
    var options = CommitOptions()
    options.leaf = LeafParameters(
      signatureKey: alice.signatureKey, credential: credential,
      capabilities: alice.ownLeafNode.capabilities, grease: .leaveOut)
    var committer = alice
    #expect(throws: rule) {
      try committer.commit(options: options, validation: acceptAll, random: SystemRandom())
    }
    #expect(throws: rule) {
      try committer.proposeUpdate(options.leaf, validation: acceptAll, random: SystemRandom())
    }
    var forgery = ForgedCommit()
    forgery.leaf = { $0.credential = credential }
    try expectRefusal(rule, forgery, from: alice, by: bob)
    #expect(throws: rule) {
      try OwnKeyPackage(
        signatureKey: alice.signatureKey, credential: credential,
        capabilities: alice.ownLeafNode.capabilities,
        lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    }
  }

  @Test func `nobody proposes what makes use of one: RFC 9420 §13.5`() throws {
    var (alice, _) = try groupThatListsAll()
    alice.settings = .open
    let data = Extension(type: ExtensionType(rawValue: 0x0A0A), data: [])
    let cases: [(Proposal, MLSError)] = [
      (
        .other(ProposalType(rawValue: 0x0A0A), body: []), .invalidProposal(.unsupportedType)
      ),
      (.groupContextExtensions([data]), .invalidExtensions(.unsupported)),
      (
        .reInit(
          ReInit(groupID: GroupID([1]), cipherSuite: alice.suite.number, extensions: [data])),
        .invalidExtensions(.unsupported)
      ),
    ]
    for (proposal, rule) in cases {
      #expect(throws: rule) {
        try alice.propose(proposal, validation: acceptAll, random: SystemRandom())
      }
      #expect(throws: rule) {
        try alice.commit([proposal], validation: acceptAll, random: SystemRandom())
      }
    }
    for (proposal, rule) in cases.dropFirst() {
      #expect(throws: rule) {
        try MLSMessage.externalProposal(
          proposal, groupID: alice.id, epoch: alice.epoch, senderIndex: 0,
          signer: TestClient("outsider").signatureKey)
      }
    }
    #expect(alice.pendingProposals.isEmpty)
  }
}
