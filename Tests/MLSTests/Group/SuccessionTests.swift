// SPDX-License-Identifier: Apache-2.0

import MLSTesting
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

  @Test func `an outsider's group is no successor, whatever it calls itself: RFC 9420 §11.2`()
    throws
  {
    let (_, bob) = try closed()
    let freed = try TestClient("bob").keyPackage()
    var outsider = try Group(
      creating: bob.id, suite: bob.suite, as: TestClient("mallory").parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    let pending = try outsider.commit(
      [.add(freed.keyPackage)], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    #expect(throws: MLSError.invalidWelcome(.predecessor)) {
      try Group(
        joining: welcome, with: freed, predecessor: bob, settings: .open, validation: acceptAll)
    }
  }

  @Test func `two devices need two successors, by the application's word: RFC 9420 §12.4.3.1`()
    throws
  {
    let strict = Validation(credentials: NoMallory(), now: testTime)
    let bob = try (0..<2).map { _ in try TestClient("bob").keyPackage().keyPackage }
    var alice = try TestClient("alice").createGroup(settings: .open)
    alice = try alice.commit(
      bob.map { .add($0) }, validation: acceptAll, random: SystemRandom()
    ).next
    let reInit = ReInit(groupID: alice.id, cipherSuite: alice.suite.number, extensions: [])
    alice = try alice.commit([.reInit(reInit)], validation: acceptAll, random: SystemRandom()).next
    func found(_ names: [String], _ validation: Validation) throws {
      _ = try alice.reinitialised(
        as: TestClient("alice").parameters,
        members: names.map { try TestClient($0).keyPackage().keyPackage },
        validation: validation, random: SystemRandom())
    }
    try found(["bob", "bob"], strict)
    // Other names are for the application to judge, and so are the same ones.
    try found(["carol", "dave"], acceptAll)
    for names in [["bob"], ["bob", "alice"], ["bob", "carol"], []] {
      #expect(throws: MLSError.invalidWelcome(.reInitMismatch)) { try found(names, strict) }
    }
    #expect(throws: MLSError.invalidWelcome(.reInitMismatch)) { try found(["bob"], acceptAll) }
  }

  @Test func `who keeps a name is asked about once: RFC 9420 §11.2`() throws {
    let names = (0..<20).map { "member \($0)" }
    var alice = try TestClient("alice").createGroup(settings: .open)
    alice = try alice.commit(
      names.map { .add(try TestClient($0).keyPackage().keyPackage) }, validation: acceptAll,
      random: SystemRandom()
    ).next
    let reInit = ReInit(groupID: alice.id, cipherSuite: alice.suite.number, extensions: [])
    alice = try alice.commit([.reInit(reInit)], validation: acceptAll, random: SystemRandom()).next
    let counting = CountingValidator()
    _ = try alice.reinitialised(
      as: TestClient("alice").parameters,
      members: names.reversed().map { try TestClient($0).keyPackage().keyPackage },
      validation: Validation(credentials: counting, now: testTime), random: SystemRandom())
    #expect(counting.successions == 21)
  }

  @Test func `pairs are found where the first choice leaves somebody over`() {
    func canPair(_ wishes: [[Int]], with count: Int) -> Bool {
      let places = (0..<count).map { [$0] }
      let suits = { (wish: [Int], place: [Int]) in wish.contains(place[0]) }
      let found = Group.canPair(wishes, with: places, alike: { $0 }, by: suits)
      // Where it begins does not matter.
      for key in [{ (item: [Int]) in 0 }, { (item: [Int]) in item.first ?? 0 }] {
        #expect(Group.canPair(wishes, with: places, alike: key, by: suits) == found)
      }
      return found
    }
    #expect(canPair([], with: 0) && canPair([[0, 1], [0]], with: 2))
    #expect(canPair([[0, 1], [0, 2], [0], [1, 2, 3]], with: 4))
    #expect(!canPair([[0, 1], [0, 1], [0, 1]], with: 3) && !canPair([[]], with: 1))
    #expect(canPair([[0], [1]], with: 3) && !canPair([[0], [0]], with: 2))
  }

  /// What an insider invites to who founds a group with any key of another one, and in any Commit.
  private func invitation(
    of package: OwnKeyPackage, to id: GroupID, from old: Group,
    _ usage: PreSharedKeyID.ResumptionUsage, epoch: Epoch, after commits: Int = 0
  ) throws -> Welcome {
    var group = try Group(
      creating: id, suite: old.suite, as: TestClient("alice").parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    for _ in 0..<commits {
      group = try group.commit(validation: acceptAll, random: SystemRandom()).next
    }
    let key = PreSharedKeyID(
      source: .resumption(usage, groupID: old.id, epoch: epoch),
      nonce: SystemRandom().bytes(old.suite.hashLength))
    let pending = try group.commit(
      [.add(package.keyPackage), .preSharedKey(key)], purpose: usage == .reInit ? .reInit : .branch,
      options: CommitOptions(),
      preSharedKeys: Predecessor(group: old, others: NoPreSharedKeys()), validation: acceptAll,
      random: SystemRandom())
    return try #require(pending.welcome)
  }

  @Test func `the key of a ReInit is that of the epoch it began: RFC 9420 §11.2`() throws {
    let (alice, bob) = try closed { $0.groupID = GroupID([9]) }
    let package = try TestClient("bob").keyPackage()
    let early = try #require(alice.epoch.rawValue > 0 ? Epoch(alice.epoch.rawValue - 1) : nil)
    let welcome = try invitation(
      of: package, to: GroupID([9]), from: alice, .reInit, epoch: early)
    #expect(throws: MLSError.invalidWelcome(.predecessor)) {
      try Group(
        joining: welcome, with: package, predecessor: bob, settings: .open, validation: acceptAll)
    }
  }

  @Test func `a group is founded from another in its first Commit: RFC 9420 §12.4.3.1`() throws {
    let reInit = try closed { $0.groupID = GroupID([9]) }
    let branch = try groupOfTwo(settings: .open)
    for (old, usage, id) in [
      (reInit, PreSharedKeyID.ResumptionUsage.reInit, GroupID([9])),
      (branch, .branch, GroupID([8])),
    ] {
      for (commits, error) in [(0, nil), (1, MLSError.invalidWelcome(.resumptionEpoch))] {
        let package = try TestClient("bob").keyPackage()
        let welcome = try invitation(
          of: package, to: id, from: old.alice, usage, epoch: old.alice.epoch, after: commits)
        let join = {
          try Group(
            joining: welcome, with: package, predecessor: old.bob, settings: .open,
            validation: acceptAll)
        }
        if let error { #expect(throws: error) { try join() } } else { _ = try join() }
      }
    }
  }

  @Test func `after a ReInit, with the key of another closed group: RFC 9420 §11.2`() throws {
    let asked = try closed { $0.groupID = GroupID([9]) }
    let other = try closed { $0.groupID = GroupID([9]) }
    let package = try TestClient("bob").keyPackage()
    let welcome = try invitation(
      of: package, to: GroupID([9]), from: other.alice, .reInit, epoch: other.alice.epoch)
    #expect(throws: MLSError.invalidWelcome(.predecessor)) {
      try Group(
        joining: welcome, with: package, preSharedKeys: Keys(group: other.bob),
        predecessor: asked.bob, settings: .open, validation: acceptAll)
    }
  }

  @Test func `after a ReInit, without one of the members: RFC 9420 §12.4.3.1`() throws {
    var groups = try groupOfThree()
    let reInit = ReInit(
      groupID: GroupID([9]), cipherSuite: groups[0].suite.number, extensions: [])
    let closing = try groups[0].commit(
      [.reInit(reInit)], validation: acceptAll, random: SystemRandom())
    try groups[1].follow(closing.message)
    groups[0] = closing.next
    // By an insider who leaves Carol out; an honest founder is refused before it invites anybody.
    let package = try TestClient("bob").keyPackage()
    let welcome = try invitation(
      of: package, to: GroupID([9]), from: groups[0], .reInit, epoch: groups[0].epoch)
    #expect(throws: MLSError.invalidWelcome(.reInitMismatch)) {
      try Group(
        joining: welcome, with: package, predecessor: groups[1], settings: .open,
        validation: acceptAll)
    }
  }
}
