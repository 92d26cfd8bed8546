// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// The application is asked at every point of RFC 9420 §5.3.1, and its refusal stands.
struct CredentialRuleTests {
  /// Refuses one event.
  private struct RefuseOne: CredentialValidator {
    let refused: CredentialEvent?
    var refusesSuccession = false
    var takesAllForOne = false

    func accepts(
      _ credential: Credential, signatureKey: SignaturePublicKey,
      introducedBy event: CredentialEvent
    ) -> Bool { event != refused }

    func acceptsSuccession(
      from old: (credential: Credential, signatureKey: SignaturePublicKey),
      to new: (credential: Credential, signatureKey: SignaturePublicKey)
    ) -> Bool { !refusesSuccession }

    func client(of credential: Credential) -> ClientID? { takesAllForOne ? ClientID([]) : nil }
  }

  private func refusing(_ event: CredentialEvent) -> Validation {
    Validation(credentials: RefuseOne(refused: event), now: testTime)
  }

  private let refusal = MLSError.invalidLeafNode(.credential)

  @Test func `a KeyPackage to add: RFC 9420 §5.3.1`() throws {
    var (alice, _) = try groupOfTwo()
    let carol = try TestClient("carol").keyPackage().keyPackage
    #expect(throws: refusal) {
      try alice.commit(
        [.add(carol)], validation: refusing(.keyPackageToAdd), random: SystemRandom())
    }
  }

  @Test func `an Add received: RFC 9420 §5.3.1`() throws {
    var (alice, bob) = try groupOfTwo()
    let carol = try TestClient("carol").keyPackage().keyPackage
    let pending = try alice.commit(
      [.add(carol)], validation: acceptAll, random: SystemRandom())
    #expect(throws: refusal) {
      try bob.process(
        pending.message, validation: refusing(.addProposal(from: .member(alice.ownLeaf))))
    }
  }

  @Test func `an Add by the new member itself, which the application can tell: RFC 9420 §12.1.8`()
    throws
  {
    let (alice, _) = try groupOfTwo(settings: .open)
    let carol = try TestClient("carol").keyPackage()
    let message = try MLSMessage.newMemberProposal(carol, groupID: alice.id, epoch: alice.epoch)
    expectRefusal(
      by: alice, of: message, refusal,
      validation: refusing(.addProposal(from: .newMemberProposal)))
    var taking = alice
    _ = try taking.process(message, validation: refusing(.addProposal(from: .external(index: 0))))
    #expect(taking.pendingProposals.map(\.sender) == [.newMemberProposal])
  }

  @Test func `the members of a group that is joined: RFC 9420 §5.3.1`() throws {
    var alice = try TestClient("alice").createGroup()
    let bob = try TestClient("bob").keyPackage()
    let pending = try alice.commit(
      [.add(bob.keyPackage)], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    #expect(throws: refusal) {
      try Group(joining: welcome, with: bob, validation: refusing(.joining))
    }
  }

  @Test func `a committer's new credential, and its succession: RFC 9420 §5.3.1`() throws {
    var (alice, bob) = try groupOfTwo()
    var options = CommitOptions()
    options.leaf = try TestClient("mallory").parameters
    let pending = try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    #expect(throws: refusal) { try bob.process(pending.message, validation: refusing(.commit)) }
    let noSuccession = Validation(
      credentials: RefuseOne(refused: nil, refusesSuccession: true), now: testTime)
    #expect(throws: refusal) { try bob.process(pending.message, validation: noSuccession) }
    // A new key is something new, under the same credential too.
    options.leaf = try TestClient("alice").parameters
    let rekeyed = try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    #expect(throws: refusal) { try bob.process(rekeyed.message, validation: noSuccession) }
    // The same credential and key are nothing new.
    let plain = try alice.commit(validation: acceptAll, random: SystemRandom())
    #expect(throws: Never.self) { try bob.process(plain.message, validation: noSuccession) }
  }

  @Test func `whoever joins on its own: RFC 9420 §5.3.1`() throws {
    let (alice, _) = try groupOfTwo(settings: .open)
    let carol = try TestClient("carol").parameters
    let info = try alice.groupInfoForExternalJoin(random: SystemRandom())
    func join(_ validation: Validation) throws -> MLSMessage {
      try Group.joinExternally(
        info, as: carol, settings: .open, validation: validation, random: SystemRandom()
      ).message
    }
    expectRefusal(by: alice, of: try join(acceptAll), refusal, validation: refusing(.commit))
    // Nor does it join a group of whose members it refuses one.
    #expect(throws: refusal) { try join(refusing(.joining)) }
  }

  @Test func `an Update's new credential: RFC 9420 §5.3.1`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let plain = try alice.proposeUpdate(validation: acceptAll, random: SystemRandom())
    let renewed = try alice.proposeUpdate(
      TestClient("alice, renewed").parameters, validation: acceptAll, random: SystemRandom())
    #expect(throws: refusal) { try bob.process(renewed, validation: refusing(.updateProposal)) }
    let noSuccession = Validation(
      credentials: RefuseOne(refused: nil, refusesSuccession: true), now: testTime)
    #expect(throws: refusal) { try bob.process(renewed, validation: noSuccession) }
    #expect(throws: Never.self) {
      try bob.process(plain, validation: refusing(.updateProposal))
    }
  }

  @Test func `external senders, when they are set: RFC 9420 §5.3.1`() throws {
    var (alice, bob) = try groupOfTwo()
    let outsider = try TestClient("outsider")
    let list = ExternalSender.asExtension([
      ExternalSender(
        signatureKey: outsider.signatureKey.publicKey, credential: outsider.credential)
    ])
    let pending = try alice.commit(
      [.groupContextExtensions([list])], validation: acceptAll, random: SystemRandom())
    #expect(throws: MLSError.invalidExtensions(.externalSenderCredential)) {
      try bob.process(pending.message, validation: refusing(.externalSender))
    }
  }

  @Test func `the client of each leaf is asked for once, however many are added`() throws {
    var (alice, _) = try groupOfTwo()
    let counting = CountingValidator()
    let added = try (0..<30).map { try TestClient("member \($0)").keyPackage().keyPackage }
    _ = try alice.commit(
      added.map { .add($0) }, validation: Validation(credentials: counting, now: testTime),
      random: SystemRandom())
    #expect(counting.clients == 32)
  }

  @Test func `two clients that are one to the application: RFC 9420 §12.2`() throws {
    var (alice, _) = try groupOfTwo()
    let carol = try TestClient("carol").keyPackage().keyPackage
    let allOne = Validation(
      credentials: RefuseOne(refused: nil, takesAllForOne: true), now: testTime)
    #expect(throws: MLSError.invalidProposal(.addsExistingClient)) {
      try alice.commit([.add(carol)], validation: allOne, random: SystemRandom())
    }
  }
}
