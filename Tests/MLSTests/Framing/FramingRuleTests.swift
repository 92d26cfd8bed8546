// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// Messages that break a rule of RFC 9420 §6 are refused, and the state stays as it was.
struct FramingRuleTests {
  private func publicGroup() throws -> (alice: Group, bob: Group) {
    var settings = GroupSettings.open
    settings.handshakeFormat = .publicMessage
    return try groupOfTwo(settings: settings)
  }

  // MARK: MLSMessage

  @Test func `another version, an unknown format, trailing bytes: RFC 9420 §6`() throws {
    var (alice, _) = try groupOfTwo()
    let bytes = try alice.protect([1], random: SystemRandom()).wireBytes
    for (place, value, error) in [
      (0, 1, WireError.version), (1, 2, .version), (3, 9, .invalidValue),
    ] as [(Int, UInt8, WireError)] {
      var forged = bytes
      forged[place] = value
      #expect(throws: error) { try MLSMessage(wireBytes: forged) }
    }
    #expect(throws: WireError.trailingBytes) { try MLSMessage(wireBytes: bytes + [0]) }
    for length in 0..<bytes.count {
      #expect(throws: WireError.self) { try MLSMessage(wireBytes: Array(bytes[..<length])) }
    }
  }

  // MARK: Signatures

  @Test func `a message signed with another key: RFC 9420 §6.1`() throws {
    let (alice, bob) = try groupOfTwo()
    let stranger = try TestClient("mallory").signatureKey
    var forger = Forger(group: alice)
    expectRefusal(
      by: bob, of: try forger.send(.application([1]), signer: stranger),
      .invalidMessage(.signature))
    expectRefusal(
      by: bob,
      of: try forger.send(
        .commit(Commit(proposals: [], path: try forger.path())), signer: stranger),
      .invalidMessage(.signature))
    expectRefusal(
      by: bob, of: try forger.send(.proposal(.remove(LeafIndex(0))), signer: stranger),
      .invalidMessage(.signature))
  }

  @Test func `a message signed for another format or another state: RFC 9420 §6.1`() throws {
    let (alice, bob) = try publicGroup()
    let removal = FramedContent.Body.proposal(.remove(LeafIndex(0)))
    let content = FramedContent(
      groupID: alice.id, epoch: alice.epoch, sender: .member(alice.ownLeaf),
      authenticatedData: [], body: removal)
    // As at the same epoch of a fork: another tree, another past, other extensions.
    var forks = [alice.context, alice.context, alice.context]
    forks[0].treeHash[0] ^= 1
    forks[1].confirmedTranscriptHash = [1]
    forks[2].extensions = [Extension(type: testExtension, data: [])]
    let contexts = [alice.encodedContext] + forks.map(\.wireBytes)
    for signedAs in [MessageFormat.publicMessage, .privateMessage] {
      for sentAs in [MessageFormat.publicMessage, .privateMessage] {
        for (place, context) in contexts.enumerated() {
          let signed = try AuthenticatedContent(
            signing: content, wireFormat: signedAs, context: context, with: alice.signatureKey)
          let sent = AuthenticatedContent(
            wireFormat: sentAs, content: signed.content, auth: signed.auth)
          var sender = alice
          sender.settings.handshakeFormat =
            sentAs == .publicMessage ? .publicMessage : .privateMessage
          let message = try sender.protect(sent, padding: 0, random: SystemRandom())
          if signedAs == sentAs, place == 0 {
            var taking = bob
            _ = try taking.process(message, validation: acceptAll)
          } else {
            expectRefusal(by: bob, of: message, .invalidMessage(.signature))
          }
        }
      }
    }
  }

  @Test func `a sender type that may not send this: RFC 9420 §6.1`() throws {
    let (alice, bob) = try publicGroup()
    var forger = Forger(group: alice)
    let commit = FramedContent.Body.commit(Commit(proposals: [], path: try forger.path()))
    let removal = FramedContent.Body.proposal(.remove(LeafIndex(0)))
    for (sender, body) in [
      (Sender.external(index: 0), commit), (.newMemberProposal, commit),
      (.newMemberProposal, removal), (.newMemberCommit, removal),
    ] {
      expectRefusal(
        by: bob, of: try forger.send(body, sender: sender), .invalidMessage(.senderType))
    }
  }

  @Test func `an external sender that is not listed, or may not propose this: RFC 9420 §12.1.8`()
    throws
  {
    let (alice, bob) = try publicGroup()
    var forger = Forger(group: alice)
    expectRefusal(
      by: bob,
      of: try forger.send(.proposal(.remove(LeafIndex(0))), sender: .external(index: 0)),
      .invalidMessage(.externalSenderIndex))
    expectRefusal(
      by: bob,
      of: try forger.send(
        .proposal(.externalInit(kemOutput: [])), sender: .external(index: 0)),
      .invalidProposal(.externalSenderType))
  }

  @Test func `a sender who is no member: RFC 9420 §6.1`() throws {
    let (alice, bob) = try publicGroup()
    var forger = Forger(group: alice)
    expectRefusal(
      by: bob,
      of: try forger.send(.proposal(.remove(LeafIndex(0))), sender: .member(LeafIndex(9))),
      .invalidMessage(.blankSender))
  }

  // MARK: PublicMessage

  @Test func `a wrong membership tag, of any length: RFC 9420 §6.2`() throws {
    var (alice, bob) = try publicGroup()
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    let message = try #require(pending.message.publicMessage)
    let tag = try #require(message.membershipTag)
    for forged in [nil, [], [tag[0]], Array(tag.dropLast()), tag + [0], tag.map { ~$0 }] {
      expectRefusal(
        by: bob,
        of: .publicMessage(
          PublicMessage(content: message.content, auth: message.auth, membershipTag: forged)),
        .invalidMessage(.membershipTag))
    }
    try bob.follow(pending.message)
  }

  @Test func `application data that is not encrypted: RFC 9420 §6`() throws {
    let (alice, bob) = try publicGroup()
    let content = FramedContent(
      groupID: alice.id, epoch: alice.epoch, sender: .member(alice.ownLeaf),
      authenticatedData: [], body: .application([1]))
    let signed = try AuthenticatedContent(
      signing: content, wireFormat: .publicMessage, context: alice.encodedContext,
      with: alice.signatureKey)
    #expect(throws: MLSError.invalidMessage(.unencryptedApplicationData)) {
      try PublicMessage(
        protecting: signed, membershipKey: alice.keys.membership, context: alice.encodedContext,
        suite: alice.suite)
    }
    let forged = PublicMessage(content: content, auth: signed.auth, membershipTag: [1])
    expectRefusal(
      by: bob, of: .publicMessage(forged), .invalidMessage(.unencryptedApplicationData))
    for sender in [Sender.external(index: 0), .newMemberProposal, .newMemberCommit] {
      let outside = FramedContent(
        groupID: alice.id, epoch: alice.epoch, sender: sender, authenticatedData: [],
        body: .application([1]))
      expectRefusal(
        by: bob,
        of: .publicMessage(
          PublicMessage(content: outside, auth: signed.auth, membershipTag: nil)),
        .invalidMessage(.unencryptedApplicationData))
    }
  }

  // MARK: PrivateMessage

  /// Encrypts a plaintext of any shape as the next message of a sender.
  private func seal(
    _ plaintext: [UInt8], as type: ContentType = .application, from sender: LeafIndex,
    generation: Generation? = nil, in group: Group
  ) throws -> MLSMessage {
    let aead = group.suite.hpke.aead
    var aad = WireWriter()
    aad.write(group.id)
    aad.write(group.epoch)
    aad.write(type)
    let senderAAD = aad.bytes
    aad.writeOpaque([])
    let staged = try group.secretTree.stage(
      SecretTree.Kind(type), of: group.ownLeaf, generation: nil, settings: group.settings)
    let ciphertext = try aead.seal(
      plaintext, key: staged.key.key, nonce: staged.key.nonce(guardedBy: [1, 2, 3, 4]),
      associatedData: aad.bytes)
    let key = SenderData.key(group.keys.senderData, ciphertext: ciphertext, suite: group.suite)
    let data = SenderData(
      leafIndex: sender, generation: generation ?? staged.key.generation,
      reuseGuard: [1, 2, 3, 4])
    return .privateMessage(
      PrivateMessage(
        groupID: group.id, epoch: group.epoch, contentType: type, authenticatedData: [],
        encryptedSenderData: try aead.seal(
          data.wireBytes, key: key.key, nonce: key.nonce, associatedData: senderAAD),
        ciphertext: ciphertext))
  }

  /// What a message encrypts, with any padding.
  private func plaintext(
    of body: FramedContent.Body = .application([5]), padding: [UInt8], in group: Group
  ) throws -> [UInt8] {
    let content = FramedContent(
      groupID: group.id, epoch: group.epoch, sender: .member(group.ownLeaf),
      authenticatedData: [], body: body)
    let signed = try AuthenticatedContent(
      signing: content, wireFormat: .privateMessage, context: group.encodedContext,
      with: group.signatureKey)
    return Array(content.encodedBody) + signed.auth.wireBytes + padding
  }

  @Test func `padding that is not zero: RFC 9420 §6.3.1`() throws {
    let (alice, receiver) = try groupOfTwo()
    var bob = receiver
    expectRefusal(
      by: bob,
      of: try seal(
        plaintext(padding: [0, 0, 1, 0], in: alice), from: alice.ownLeaf, in: alice),
      .invalidMessage(.padding))
    let honest = try seal(
      plaintext(padding: [0, 0, 0], in: alice), from: alice.ownLeaf, in: alice)
    #expect(try bob.unprotect(honest).data == [5])
  }

  @Test func `padding that is not zero, in a proposal or a late message: RFC 9420 §6.3.1`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let removal = FramedContent.Body.proposal(.remove(LeafIndex(1)))
    for (padding, isHonest) in [([0, 1], false), ([1], false), ([0, 0], true)] as [([UInt8], Bool)]
    {
      let proposal = try seal(
        plaintext(of: removal, padding: padding, in: alice), as: .proposal, from: alice.ownLeaf,
        in: alice)
      if isHonest {
        var reader = bob
        _ = try reader.process(proposal, validation: acceptAll)
      } else {
        expectRefusal(by: bob, of: proposal, .invalidMessage(.padding))
      }
    }
    let late = try [[1], [0]].map {
      try seal(plaintext(padding: $0, in: alice), from: alice.ownLeaf, in: alice)
    }
    try bob.follow(alice.commit(validation: acceptAll, random: SystemRandom()).message)
    expectRefusal(by: bob, of: late[0], .invalidMessage(.padding))
    #expect(try bob.unprotect(late[1]).data == [5])
  }

  @Test func `no two messages have one reuse guard, though they have one key: RFC 9420 §6.3.1`()
    throws
  {
    let (alice, _) = try groupOfTwo()
    var guards: Set<[UInt8]> = []
    for _ in 0..<16 {
      // As after a backup that was restored: the same generation again.
      var restored = alice
      let message = try restored.protect([1], random: SystemRandom())
      let data = try #require(message.privateMessage).senderData(
        secret: alice.keys.senderData, suite: alice.suite)
      #expect(data.generation == Generation(0))
      guards.insert(data.reuseGuard)
    }
    #expect(guards.count == 16)
  }

  @Test func `a sender's leaf that is blank: RFC 9420 §6.3.2`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let forged = try [2, 3, 1 << 24, UInt32.max].map {
      try seal(plaintext(padding: [], in: alice), from: LeafIndex($0), in: alice)
    }
    for message in forged { expectRefusal(by: bob, of: message, .invalidMessage(.blankSender)) }
    let removal = try plaintext(
      of: .proposal(.remove(LeafIndex(0))), padding: [], in: alice)
    expectRefusal(
      by: bob, of: try seal(removal, as: .proposal, from: LeafIndex(2), in: alice),
      .invalidMessage(.blankSender))
    // Nor when the epoch has gone by.
    try bob.follow(alice.commit(validation: acceptAll, random: SystemRandom()).message)
    for message in forged { expectRefusal(by: bob, of: message, .invalidMessage(.blankSender)) }
  }

  @Test func `a late message that its sender has not signed: RFC 9420 §6.1`() throws {
    let (founder, member) = try groupOfTwo(settings: .open)
    let stranger = try SignatureKey(suite: founder.suite, random: SystemRandom())
    for (signer, rule) in [
      (founder.signatureKey, nil), (stranger, MLSError.invalidMessage(.signature)),
    ] {
      var (alice, bob) = (founder, member)
      let content = FramedContent(
        groupID: alice.id, epoch: alice.epoch, sender: .member(alice.ownLeaf),
        authenticatedData: [], body: .application([7]))
      let signed = try AuthenticatedContent(
        signing: content, wireFormat: .privateMessage, context: alice.encodedContext,
        with: signer)
      let late = MLSMessage.privateMessage(
        try alice.encrypt(signed, padding: 0, random: SystemRandom()))
      try bob.follow(alice.commit(validation: acceptAll, random: SystemRandom()).message)
      if let rule {
        expectRefusal(by: bob, of: late, rule)
      } else {
        #expect(try bob.unprotect(late).data == [7])
      }
    }
  }

  @Test func `a generation that nobody will derive: RFC 9420 §15.3`() throws {
    let (alice, bob) = try groupOfTwo()
    for generation in [1001, 1 << 31, UInt32.max] {
      expectRefusal(
        by: bob,
        of: try seal(
          plaintext(padding: [], in: alice), from: alice.ownLeaf,
          generation: Generation(generation), in: alice),
        .messageKeyUnavailable)
    }
  }

  @Test func `nor of a proposal, nor of an epoch gone by: RFC 9420 §15.3`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let far = Generation(.max)
    let removal = try plaintext(of: .proposal(.remove(LeafIndex(1))), padding: [], in: alice)
    expectRefusal(
      by: bob,
      of: try seal(removal, as: .proposal, from: alice.ownLeaf, generation: far, in: alice),
      .messageKeyUnavailable)
    let late = try seal(
      plaintext(padding: [], in: alice), from: alice.ownLeaf, generation: far, in: alice)
    try bob.follow(alice.commit(validation: acceptAll, random: SystemRandom()).message)
    expectRefusal(by: bob, of: late, .messageKeyUnavailable)
  }

  @Test func `every byte of a message counts`() throws {
    var (alice, bob) = try groupOfTwo()
    let bytes = try alice.protect([1, 2, 3], authenticatedData: [9], random: SystemRandom())
      .wireBytes
    for place in bytes.indices {
      var forged = bytes
      forged[place] ^= 0x20
      guard let message = try? MLSMessage(wireBytes: forged) else { continue }
      let before = bob.encodedExposingSecrets()
      #expect(throws: MLSError.self) { try bob.unprotect(message) }
      #expect(bob.encodedExposingSecrets() == before)
    }
    #expect(try bob.unprotect(MLSMessage(wireBytes: bytes)).data == [1, 2, 3])
  }

  @Test func `what no length could say, or no key should encrypt: RFC 9420 §15.2`() throws {
    var (alice, _) = try groupOfTwo()
    for padding in [-1, (1 << 29) + 1, Int.max] {
      #expect(throws: MLSError.invalidArgument) {
        try alice.protect([1], padding: padding, random: SystemRandom())
      }
    }
    var options = CommitOptions()
    options.padding = (1 << 29) + 1
    #expect(throws: MLSError.invalidArgument) {
      try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    }
    // Each by itself would do.
    #expect(throws: MLSError.invalidArgument) {
      try alice.protect([1, 2], padding: (1 << 29) - 1, random: SystemRandom())
    }
  }

  @Test func `sender data comes from members alone: RFC 9420 §6.3.2`() throws {
    let (alice, _) = try groupOfTwo()
    var forger = Forger(group: alice)
    #expect(throws: MLSError.invalidMessage(.senderType)) {
      try forger.send(.proposal(.remove(LeafIndex(0))), sender: .external(index: 0))
    }
  }

  @Test func `a message of another group is none of this one's`() throws {
    let (alice, bob) = try groupOfTwo()
    for body in [FramedContent.Body.application([1]), .proposal(.remove(LeafIndex(0)))] {
      var forger = Forger(group: alice)
      expectRefusal(by: bob, of: try forger.send(body, groupID: GroupID([1])), .wrongGroup)
    }
  }

  @Test func `each operation takes messages of its kind alone: RFC 9420 §6`() throws {
    var (alice, bob) = try groupOfTwo()
    let package = try TestClient("carol").keyPackage()
    let spoken = try alice.protect([1], random: SystemRandom())
    let pending = try alice.commit(
      [.add(package.keyPackage)], validation: acceptAll, random: SystemRandom())
    let others: [MLSMessage] = [
      .welcome(try #require(pending.welcome)), .keyPackage(package.keyPackage),
      .groupInfo(try alice.groupInfo(random: SystemRandom())),
    ]
    let before = bob.encodedExposingSecrets()
    for message in others + [spoken] {
      #expect(throws: MLSError.invalidMessage(.kind)) {
        try bob.process(message, validation: acceptAll)
      }
    }
    for message in others + [pending.message] {
      #expect(throws: MLSError.invalidMessage(.kind)) { try bob.unprotect(message) }
    }
    #expect(bob.encodedExposingSecrets() == before)
  }
}
