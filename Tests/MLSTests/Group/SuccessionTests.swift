// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// Founding a group from another one: which group the Welcome names, and which one is at hand.
struct SuccessionTests {
  private func closed(
    _ change: (inout ReInit) -> Void = { _ in }
  ) throws -> (alice: Group, bob: Group) {
    var (alice, bob) = try groupOfTwo(settings: .open)
    var reInit = ReInit(groupID: alice.id, cipherSuite: alice.suite.number, extensions: [])
    change(&reInit)
    let closing = try alice.commit(
      [.reInit(reInit)], validation: acceptAll, random: SystemRandom())
    try bob.follow(closing.message)
    return (closing.next, bob)
  }

  @Test func `a group may be founded again under its own id: RFC 9420 §11.2`() throws {
    let (alice, bob) = try closed()
    let package = try TestClient("bob").keyPackage()
    let successor = try alice.reinitialised(
      as: TestClient("alice").parameters, members: [package.keyPackage], validation: acceptAll,
      random: SystemRandom())
    let welcome = try #require(successor.welcome)
    let joined = try Group(
      joining: welcome, with: package, predecessor: bob, settings: .open, validation: acceptAll)
    #expect(joined.id == bob.id && joined.epoch == Epoch(1))
    #expect(joined.epochAuthenticator.equals(successor.group.epochAuthenticator))
    #expect(!joined.epochAuthenticator.equals(bob.epochAuthenticator))
  }

  @Test func `the options hold for the Commit that founds it`() throws {
    let (alice, bob) = try closed()
    let package = try TestClient("bob").keyPackage()
    var options = CommitOptions()
    options.treeInWelcome = .leaveOut
    options.path = .whenRequired
    let successor = try alice.reinitialised(
      as: TestClient("alice").parameters, members: [package.keyPackage], options: options,
      validation: acceptAll, random: SystemRandom())
    #expect(successor.group.tree[LeafIndex(0)]?.parentHash == nil)
    let welcome = try #require(successor.welcome)
    #expect(throws: MLSError.invalidWelcome(.treeMissing)) {
      try Group(
        joining: welcome, with: package, predecessor: bob, settings: .open, validation: acceptAll)
    }
    let joined = try Group(
      joining: welcome, with: package, tree: UnverifiedRatchetTree(successor.group.tree),
      predecessor: bob, settings: .open, validation: acceptAll)
    #expect(joined.epochAuthenticator.equals(successor.group.epochAuthenticator))
  }

  /// Hands out the key of any epoch of a group, whatever group is the predecessor.
  private struct Keys: PreSharedKeyStore {
    let group: Group
    func externalKey(id: [UInt8]) -> SharedSecret? { nil }
    func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? {
      groupID == group.id ? group.resumptionSecret(of: epoch) : nil
    }
  }

  @Test
  func `another predecessor than the Welcome names is refused: RFC 9420 §11.2, RFC 9420 §11.3`()
    throws
  {
    let (alice, bob) = try groupOfTwo(settings: .open)
    let (_, other) = try groupOfTwo(settings: .open)
    let package = try TestClient("bob").keyPackage()
    let branch = try alice.branched(
      id: GroupID([7]), as: TestClient("alice").parameters, members: [package.keyPackage],
      validation: acceptAll, random: SystemRandom())
    let welcome = try #require(branch.welcome)
    #expect(throws: MLSError.invalidWelcome(.predecessor)) {
      try Group(
        joining: welcome, with: package, preSharedKeys: Keys(group: bob), predecessor: other,
        settings: .open, validation: acceptAll)
    }
    #expect(throws: Never.self) {
      try Group(
        joining: welcome, with: package, predecessor: bob, settings: .open, validation: acceptAll)
    }
  }

  @Test func `the key of a ReInit is that of the epoch it began: RFC 9420 §11.2`() throws {
    let (alice, bob) = try closed { $0.groupID = GroupID([9]) }
    let package = try TestClient("bob").keyPackage()
    // An insider founds the group with the key of the epoch before.
    var group = try Group(
      creating: GroupID([9]), suite: alice.suite, as: TestClient("alice").parameters,
      settings: .open, validation: acceptAll, random: SystemRandom())
    let early = try #require(alice.epoch.rawValue > 0 ? Epoch(alice.epoch.rawValue - 1) : nil)
    let key = PreSharedKeyID(
      source: .resumption(.reInit, groupID: alice.id, epoch: early),
      nonce: SystemRandom().bytes(alice.suite.hashLength))
    let pending = try group.commit(
      [.add(package.keyPackage), .preSharedKey(key)], purpose: .reInit, options: CommitOptions(),
      preSharedKeys: Predecessor(group: alice, others: NoPreSharedKeys()), validation: acceptAll,
      random: SystemRandom())
    let welcome = try #require(pending.welcome)
    #expect(throws: MLSError.invalidWelcome(.predecessor)) {
      try Group(
        joining: welcome, with: package, predecessor: bob, settings: .open, validation: acceptAll)
    }
  }
}
