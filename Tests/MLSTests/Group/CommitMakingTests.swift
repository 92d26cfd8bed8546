// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// What RFC 9420 asks of whoever founds a group or makes a Commit, where no receiver could tell.
struct CommitMakingTests {
  @Test func `a group begins with its founder alone, at epoch 0: RFC 9420 §11`() throws {
    let founder = try TestClient("alice")
    let groups = [try founder.createGroup(), try founder.createGroup()]
    for group in groups {
      #expect(group.epoch == Epoch(0))
      #expect(group.members.map(\.index) == [LeafIndex(0)])
      #expect(group.context.confirmedTranscriptHash.isEmpty)
      var tree = group.tree
      #expect(group.context.treeHash == tree.treeHash())
      #expect(
        group.interimTranscriptHash
          == group.suite.interimTranscriptHash(
            confirmed: [], confirmationTag: group.confirmationTag))
    }
    #expect(!groups[0].epochAuthenticator.equals(groups[1].epochAuthenticator))
  }

  @Test func `the suite to found a group with is the best that all have: RFC 9420 §11`() throws {
    var packages: [KeyPackage] = []
    for suites: [CipherSuite] in [
      [.hybridAES256, .x25519ChaCha20, .x25519AES128], [.x25519AES128, .x25519ChaCha20],
    ] {
      // Of the last suite that all have, whatever its client would like better.
      var forger = try KeyPackageForger("bob", suite: .x25519AES128)
      forger.contents.capabilities.cipherSuites = suites.map(\.number)
      packages.append(try forger.make())
    }
    #expect(CipherSuite.best(for: [packages[0]]) == .hybridAES256)
    #expect(CipherSuite.best(for: packages) == .x25519ChaCha20)
    #expect(
      CipherSuite.best(of: [.x25519AES128, .x25519ChaCha20], for: packages) == .x25519AES128)
    #expect(CipherSuite.best(of: [.p256AES128], for: packages) == nil)
    #expect(CipherSuite.best(for: []) == CipherSuite.all[0])
  }

  @Test func `nobody publishes what it could not do: RFC 9420 §13.4`() throws {
    func make(_ capabilities: Capabilities) throws {
      _ = try OwnKeyPackage(
        signatureKey: TestClient("bob").signatureKey, credential: .basic(identity: [1]),
        capabilities: capabilities,
        lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    }
    try make(Capabilities())
    // X448, which no suite here has; and a version to come.
    let suites = CipherSuite.all.map(\.number) + [CipherSuite.Number(rawValue: 4)]
    #expect(throws: MLSError.invalidKeyPackage(.cipherSuite)) {
      try make(Capabilities(cipherSuites: suites))
    }
    #expect(throws: MLSError.invalidKeyPackage(.version)) {
      try make(Capabilities(versions: [.mls10, ProtocolVersion(rawValue: 2)]))
    }
  }

  @Test(arguments: testedSuites)
  func `each use of a pre-shared key has a nonce of its own: RFC 9420 §8.4`(suite: CipherSuite) {
    let uses = (0..<3).map { _ in
      PreSharedKeyID(.external(id: [1]), for: suite, random: SystemRandom())
    }
    #expect(Set(uses).count == 3)
    #expect(uses.allSatisfy { $0.nonce.count == suite.hashLength })
  }

  @Test func `a suite that every client has is here: RFC 9420 §17.1`() {
    #expect(CipherSuite(rawValue: 0x0001) == .x25519AES128)
    #expect(CipherSuite.all.contains(.x25519AES128))
  }

  @Test func `a path is in the Commit wherever it has to be: RFC 9420 §12.4.1`() throws {
    let group = try groupOfThree()[0]
    let store = ExternalKeys(external: [[1]: SystemRandom().secret(32)])
    let key = PreSharedKeyID(
      source: .external(id: [1]), nonce: SystemRandom().bytes(group.suite.hashLength))
    let package = try TestClient("dave").keyPackage().keyPackage
    let reInit = ReInit(
      groupID: GroupID([1]), cipherSuite: group.suite.number, extensions: [])
    let cases: [([Proposal], hasPath: Bool)] = [
      ([], true), ([.remove(LeafIndex(2))], true), ([.groupContextExtensions([])], true),
      ([.add(package), .remove(LeafIndex(2))], true), ([.add(package)], false),
      ([.preSharedKey(key)], false), ([.reInit(reInit)], false),
    ]
    for choice in [PathChoice.whenRequired, .always] {
      for (proposals, hasPath) in cases {
        var maker = group
        var options = CommitOptions()
        options.path = choice
        let pending = try maker.commit(
          proposals, options: options, preSharedKeys: store, validation: acceptAll,
          random: SystemRandom())
        #expect((pending.changes.committerLeaf != nil) == (hasPath || choice == .always))
      }
    }
  }

  @Test func `a Welcome is for all who are added, with the keys in order: RFC 9420 §12.4.1`() throws
  {
    let groups = try groupOfThree()
    var alice = groups[0]
    let store = ExternalKeys(
      external: Dictionary(
        uniqueKeysWithValues: (1...3).map { ([UInt8($0)], SystemRandom().secret(32)) }))
    let keys = [3, 1, 2].map {
      PreSharedKeyID(source: .external(id: [$0]), nonce: SystemRandom().bytes(32))
    }
    let packages = try ["dave", "erin", "frank"].map { try TestClient($0).keyPackage() }
    let proposals = zip(packages, keys).flatMap {
      [Proposal.add($0.keyPackage), .preSharedKey($1)]
    }
    let pending = try alice.commit(
      proposals, preSharedKeys: store, validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    #expect(welcome.secrets.count == packages.count)
    for package in packages {
      let opened = try welcome.open(with: package, store)
      #expect(opened.secrets.preSharedKeys == keys)
      let joined = try Group(
        joining: welcome, with: package, preSharedKeys: store, settings: .open,
        validation: acceptAll)
      expectAgreement([pending.next, joined])
      // In another order they are other keys: the GroupInfo does not open.
      let moved = GroupSecrets(
        joinerSecret: opened.secrets.joinerSecret, pathSecret: opened.secrets.pathSecret,
        preSharedKeys: keys.reversed())
      let suite = alice.suite
      let forged = Welcome(
        cipherSuite: welcome.cipherSuite,
        secrets: [
          EncryptedGroupSecrets(
            newMember: package.reference,
            encryptedGroupSecrets: try suite.encrypt(
              moved.encodedExposingSecrets(), to: package.keyPackage.initKey, label: "Welcome",
              context: welcome.encryptedGroupInfo))
        ], encryptedGroupInfo: welcome.encryptedGroupInfo)
      #expect(throws: MLSError.decryptionFailed) {
        try Group(
          joining: forged, with: package, preSharedKeys: store, settings: .open,
          validation: acceptAll)
      }
    }
  }

  @Test(arguments: testedSuites)
  func `a Commit leaves its maker where it was: RFC 9420 §14`(suite: CipherSuite) throws {
    var (alice, bob) = try groupOfTwo(suite: suite, settings: .open)
    let before = alice
    let package = try TestClient("carol", suite: suite).keyPackage().keyPackage
    _ = try alice.commit(
      [.add(package), .groupContextExtensions([Extension(type: testExtension, data: [1])])],
      validation: acceptAll, random: SystemRandom())
    #expect(alice.context == before.context)
    #expect(alice.members.map(\.leaf) == before.members.map(\.leaf))
    #expect(alice.epochAuthenticator.equals(before.epochAuthenticator))
    #expect(alice.pendingProposals.isEmpty)
    // All of the epoch's messages come and go as before.
    let sent = try bob.protect([1], random: SystemRandom())
    #expect(try alice.unprotect(sent).data == [1])
    let answer = try alice.protect([2], random: SystemRandom())
    #expect(try bob.unprotect(answer).data == [2])
    // A second Commit takes the next key of the ratchet, not the same.
    let second = try alice.commit(validation: acceptAll, random: SystemRandom())
    try bob.follow(second.message)
    expectAgreement([second.next, bob])
  }
}
