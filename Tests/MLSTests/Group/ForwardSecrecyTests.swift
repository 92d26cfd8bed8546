// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// What is gone is gone from the stored state, through everything that a group can do and with the
/// widest settings.
struct ForwardSecrecyTests {
  private func holds(_ group: Group, _ secret: SharedSecret) -> Bool {
    let state = group.encodedExposingSecrets()
    let needle = secret.exposedBytes()
    guard let first = needle.first, state.count >= needle.count else { return false }
    return (0...state.count - needle.count).contains { start in
      state[start] == first && state[start..<start + needle.count].elementsEqual(needle)
    }
  }

  private func holds(_ group: Group, _ key: HPKEPrivateKey) -> Bool { holds(group, key.secret) }

  /// The key that a member's next message of a kind takes.
  private func nextKey(_ kind: SecretTree.Kind, of group: Group) throws -> MessageKey {
    try group.secretTree.stage(
      kind, of: group.ownLeaf, generation: nil, settings: group.settings
    ).key
  }

  @Test func `the keys of handshake messages are gone once they have been used: RFC 9420 §9.2`()
    throws
  {
    var (alice, bob) = try groupOfTwo(settings: .open)
    for number in 0..<3 {
      let key = try nextKey(.handshake, of: alice)
      let dave = try TestClient("\(number)").keyPackage()
      let proposal = try alice.propose(
        .add(dave.keyPackage), validation: acceptAll, random: SystemRandom())
      _ = try bob.process(proposal, validation: acceptAll)
      for group in [alice, bob] {
        #expect(!holds(group, key.key) && !holds(group, key.nonce))
      }
    }
    let key = try nextKey(.handshake, of: alice)
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    #expect(!holds(alice, key.key))
    try bob.follow(pending.message)
    #expect(!holds(bob, key.key) && !holds(pending.next, key.key))
  }

  @Test func `a key that was skipped is kept until it is used, and no longer: RFC 9420 §9.2`()
    throws
  {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let skipped = try nextKey(.application, of: alice)
    let late = try alice.protect([1], random: SystemRandom())
    let used = try nextKey(.application, of: alice)
    let early = try alice.protect([2], random: SystemRandom())
    _ = try bob.unprotect(early)
    #expect(holds(bob, skipped.key) && !holds(bob, used.key))
    _ = try bob.unprotect(late)
    #expect(!holds(bob, skipped.key) && !holds(bob, skipped.nonce))
  }

  @Test func `a key that was skipped is gone once the window has passed it: RFC 9420 §9.2`() throws
  {
    var settings = GroupSettings.open
    settings.outOfOrderTolerance = 3
    var (alice, bob) = try groupOfTwo(settings: settings)
    let skipped = try nextKey(.application, of: alice)
    let late = try alice.protect([0], random: SystemRandom())
    for number in 1...4 as ClosedRange<UInt8> {
      _ = try bob.unprotect(alice.protect([number], random: SystemRandom()))
      #expect(holds(bob, skipped.key) == (number <= 3))
    }
    #expect(throws: MLSError.messageKeyUnavailable) { try bob.unprotect(late) }
  }

  @Test func `a message that does not open costs no key: RFC 9420 §9.2`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let sent = try alice.protect([1], random: SystemRandom())
    let before = bob.encodedExposingSecrets()
    var bytes = try MLSMessage.privateMessage(#require(sent.privateMessage)).wireBytes
    bytes[bytes.count - 1] ^= 1
    let broken = try MLSMessage(wireBytes: bytes)
    #expect(throws: MLSError.decryptionFailed) { try bob.unprotect(broken) }
    #expect(bob.encodedExposingSecrets() == before)
    #expect(try bob.unprotect(sent).data == [1])
  }

  @Test func `of an epoch gone by only what opens its messages is left: RFC 9420 §9.2`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let old = bob.keys
    let exporter = try #require(old.exporter)
    for round in 0..<3 {
      let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
      alice = try pending.next(after: alice)
      try bob.follow(pending.message)
      for group in [alice, bob] {
        for secret in [old.initSecret, old.external, old.membership, old.authenticator, exporter] {
          #expect(!holds(group, secret))
        }
        // Two past epochs are kept by these settings, and eight resumption secrets.
        #expect(holds(group, old.senderData) == (round < 2))
        #expect(holds(group, old.resumption))
      }
    }
  }

  @Test func `resumption secrets are kept for as long as the settings say: RFC 9420 §9.2`() throws {
    var settings = GroupSettings.open
    settings.resumptionEpochs = 2
    var (alice, bob) = try groupOfTwo(settings: settings)
    let old = bob.resumptionSecret
    for round in 1...4 {
      let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
      alice = try pending.next(after: alice)
      try bob.follow(pending.message)
      for group in [alice, bob] { #expect(holds(group, old) == (round <= 2)) }
    }
  }

  @Test
  func `what is kept of an epoch does not lead back to the Commit that ended it: RFC 9420 §9.2`()
    throws
  {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    let late = try alice.protect([1], random: SystemRandom())
    try bob.follow(pending.message)
    for group in [try pending.next(after: alice), bob] {
      let past = try #require(group.pastEpochs.last)
      #expect(throws: MLSError.messageKeyUnavailable) {
        try past.secretTree.stage(
          .handshake, of: LeafIndex(0), generation: Generation(0), settings: group.settings)
      }
    }
    #expect(try bob.unprotect(late).data == [1])
  }

  @Test func `what was opened while a Commit waited does not open again: RFC 9420 §9.2`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let early = try bob.protect([1], random: SystemRandom())
    let late = try bob.protect([2], random: SystemRandom())
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    #expect(try alice.unprotect(early).data == [1])
    let own = try alice.protect([3], random: SystemRandom())
    var stored = pending.next
    #expect(throws: MLSError.wrongEpoch) { try stored.unprotect(early) }
    var next = try pending.next(after: alice)
    #expect(throws: MLSError.messageKeyUnavailable) { try next.unprotect(early) }
    #expect(throws: MLSError.invalidMessage(.ownMessage)) { try next.unprotect(own) }
    #expect(try next.unprotect(late).data == [2])
    #expect(throws: MLSError.messageKeyUnavailable) { try next.unprotect(late) }
    #expect(throws: MLSError.wrongEpoch) { try pending.next(after: next) }
    let other = try groupOfTwo().alice
    #expect(throws: MLSError.wrongGroup) { try pending.next(after: other) }
  }

  @Test func `nor what was opened while another's Commit waited to be accepted: RFC 9420 §9.2`()
    throws
  {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let early = try alice.protect([1], random: SystemRandom())
    let late = try alice.protect([2], random: SystemRandom())
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    let staged = try bob.processCommit(pending.message)
    #expect(try bob.unprotect(early).data == [1])
    let own = try bob.protect([3], random: SystemRandom())
    var stored = try #require(staged.next)
    #expect(throws: MLSError.wrongEpoch) { try stored.unprotect(early) }
    var next = try #require(try staged.next(after: bob))
    #expect(throws: MLSError.messageKeyUnavailable) { try next.unprotect(early) }
    #expect(throws: MLSError.invalidMessage(.ownMessage)) { try next.unprotect(own) }
    #expect(try next.unprotect(late).data == [2])
    #expect(throws: MLSError.messageKeyUnavailable) { try next.unprotect(late) }
    #expect(throws: MLSError.wrongEpoch) { try staged.next(after: next) }
    let other = try groupOfTwo().alice
    #expect(throws: MLSError.wrongGroup) { try staged.next(after: other) }
  }

  @Test func `private keys of the tree are gone once they are replaced: RFC 9420 §7.5`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let carol = try TestClient("carol").keyPackage()
    let added = try alice.commit(
      [.add(carol.keyPackage)], validation: acceptAll, random: SystemRandom())
    try bob.follow(added.message)
    alice = added.next
    let welcome = try #require(added.welcome)
    var joined = try Group(
      joining: welcome, with: carol, settings: .open, validation: acceptAll)
    // The init key opened the Welcome, and is in no state.
    #expect(!holds(joined, carol.initKey) && holds(joined, carol.leafKey))
    let bobKeys = bob.treeSecrets
    let update = try bob.proposeUpdate(validation: acceptAll, random: SystemRandom())
    let proposed = try #require(bob.proposals.ownUpdates.first?.leafKey)
    #expect(holds(bob, proposed))
    for message in [update] {
      _ = try alice.process(message, validation: acceptAll)
      _ = try joined.process(message, validation: acceptAll)
    }
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    let aliceKeys = alice.treeSecrets
    alice = pending.next
    try bob.follow(pending.message)
    try joined.follow(pending.message)
    #expect(!holds(bob, bobKeys.leafKey) && holds(bob, proposed))
    for key in bobKeys.nodeKeys.values { #expect(!holds(bob, key)) }
    #expect(!holds(alice, aliceKeys.leafKey))
    for key in aliceKeys.nodeKeys.values { #expect(!holds(alice, key)) }
    // An Update that nobody committed leaves no key behind.
    _ = try bob.proposeUpdate(validation: acceptAll, random: SystemRandom())
    let abandoned = try #require(bob.proposals.ownUpdates.first?.leafKey)
    let other = try joined.commit(validation: acceptAll, random: SystemRandom())
    try bob.follow(other.message)
    #expect(!holds(bob, abandoned))
  }

  @Test func `a pre-shared key, joiner and path secrets are in no state: RFC 9420 §9.2`() throws {
    struct Store: PreSharedKeyStore {
      let secret: SharedSecret
      func externalKey(id: [UInt8]) -> SharedSecret? { secret }
      func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? { nil }
    }
    let store = Store(secret: SystemRandom().secret(32))
    var (alice, bob) = try groupOfTwo(settings: .open)
    let id = PreSharedKeyID(source: .external(id: [1]), nonce: SystemRandom().bytes(32))
    let carol = try TestClient("carol").keyPackage()
    let pending = try alice.commit(
      [.preSharedKey(id), .add(carol.keyPackage)], preSharedKeys: store, validation: acceptAll,
      random: SystemRandom())
    let outcome = try bob.process(
      pending.message, preSharedKeys: store, validation: acceptAll)
    let welcome = try #require(pending.welcome)
    let opened = try welcome.open(with: carol, store)
    let joined = try Group(
      joining: welcome, with: carol, preSharedKeys: store, settings: .open, validation: acceptAll)
    for group in [pending.next, try #require(outcome.commit?.next), joined] {
      #expect(!holds(group, store.secret) && !holds(group, opened.secrets.joinerSecret))
      if let path = opened.secrets.pathSecret { #expect(!holds(group, path)) }
    }
  }

  @Test func `behind the last generation there is no key: RFC 9420 §9.1`() throws {
    let suite = CipherSuite.x25519ChaCha20
    var stored = WireWriter()
    stored.writeSecret(SystemRandom().secret(suite.hashLength))
    stored.write(UInt64(UInt32.max))
    stored.writeOpaque([])
    var reader = WireReader(stored.bytes)
    var ratchet = try SenderRatchet(exposedFrom: &reader)
    #expect(try ratchet.take(suite: suite).generation == Generation(.max))
    #expect(throws: MLSError.messageKeyUnavailable) { try ratchet.take(suite: suite) }
    #expect(throws: MLSError.messageKeyUnavailable) {
      try ratchet.take(Generation(.max), tolerance: 0, forward: .max, suite: suite)
    }
  }
}
