// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// A group that a ReInit has closed takes and makes nothing more.
struct ClosedGroupTests {
  private let refusal = MLSError.groupInactive
  private let alice: Group
  private let bob: Group

  init() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    let reInit = ReInit(groupID: GroupID([9]), cipherSuite: alice.suite.number, extensions: [])
    let closing = try alice.commit(
      [.reInit(reInit)], validation: acceptAll, random: SystemRandom())
    try bob.follow(closing.message)
    self.alice = closing.next
    self.bob = bob
  }

  @Test func `a Commit or proposal of a member who goes on is refused — RFC 9420 §12.4.2`() throws {
    var careless = alice
    careless.reInit = nil
    let commit = try careless.commit(validation: acceptAll, random: SystemRandom())
    expectRefusal(by: bob, of: commit.message, refusal)
    var forger = Forger(group: alice)
    expectRefusal(by: bob, of: try forger.send(.proposal(.remove(LeafIndex(0)))), refusal)
  }

  @Test func `an outsider does not come in — RFC 9420 §12.4.2`() throws {
    let join = try Group.joinExternally(
      alice.groupInfoForExternalJoin(random: SystemRandom()),
      as: TestClient("carol").parameters, settings: .open, validation: acceptAll,
      random: SystemRandom())
    expectRefusal(by: bob, of: join.message, refusal)
  }

  @Test func `nothing is sent, nor branched from it — RFC 9420 §12.4.2`() throws {
    var bob = bob
    let before = bob.encodedExposingSecrets()
    #expect(throws: refusal) { try bob.protect([1], random: SystemRandom()) }
    #expect(throws: refusal) { try bob.commit(validation: acceptAll, random: SystemRandom()) }
    #expect(throws: refusal) {
      try bob.propose(.remove(LeafIndex(0)), validation: acceptAll, random: SystemRandom())
    }
    #expect(throws: refusal) {
      try bob.proposeUpdate(validation: acceptAll, random: SystemRandom())
    }
    #expect(throws: refusal) {
      try bob.branched(
        id: GroupID([8]), as: TestClient("bob").parameters, members: [], validation: acceptAll,
        random: SystemRandom())
    }
    #expect(bob.encodedExposingSecrets() == before)
  }
}
