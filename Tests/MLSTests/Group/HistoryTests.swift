// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// Random histories of a group, every member reloaded from its bytes at each step.
struct HistoryTests {
  /// All members as they see the group, with the means to make new ones.
  private struct World {
    var members: [LeafIndex: Group] = [:]
    let suite: CipherSuite
    let random: SeededRandom
    var names = 0

    init(suite: CipherSuite, seed: UInt64) throws {
      self.suite = suite
      random = SeededRandom(seed: seed)
      let founder = try TestClient("0", suite: suite).createGroup(settings: .open)
      members[founder.ownLeaf] = founder
    }

    mutating func pick(_ count: Int) -> Int { Int(random.uniform(below: UInt64(count))) }

    var leaves: [LeafIndex] { members.keys.sorted() }

    mutating func reload() throws {
      for (leaf, group) in members {
        let bytes = group.encodedExposingSecrets()
        let again = try Group(exposedBytes: bytes)
        #expect(again.encodedExposingSecrets() == bytes)
        members[leaf] = again
      }
    }

    /// Somebody says something to everybody.
    mutating func talk() throws {
      let leaves = leaves
      let speaker = leaves[pick(leaves.count)]
      let data = random.bytes(pick(200))
      var group = try #require(members[speaker])
      let message = try group.protect(data, padding: pick(64), random: random)
      members[speaker] = group
      for leaf in leaves where leaf != speaker {
        var receiver = try #require(members[leaf])
        let received = try receiver.unprotect(MLSMessage(wireBytes: message.wireBytes))
        #expect(received.data == data && received.sender == speaker)
        members[leaf] = receiver
      }
    }

    /// Somebody commits something; those who come in join, those who go out leave.
    mutating func commit() throws {
      let leaves = leaves
      let committer = leaves[pick(leaves.count)]
      var proposals: [Proposal] = []
      var newcomers: [OwnKeyPackage] = []
      for _ in 0..<pick(3) where leaves.count + newcomers.count < 12 {
        names += 1
        let package = try TestClient("\(names)", suite: suite).keyPackage()
        newcomers.append(package)
        proposals.append(.add(package.keyPackage))
      }
      for _ in 0..<pick(2) {
        let removed = leaves[pick(leaves.count)]
        if removed != committer { proposals.append(.remove(removed)) }
      }
      if pick(4) == 0 {
        proposals.append(
          .groupContextExtensions([Extension(type: testExtension, data: random.bytes(8))]))
      }
      var options = CommitOptions()
      options.path = pick(3) == 0 ? .whenRequired : .always
      if pick(3) == 0 {
        names += 1
        options.leaf = try TestClient("\(names)", suite: suite).parameters
      }
      var group = try #require(members[committer])
      let pending = try group.commit(
        proposals, options: options, validation: acceptAll, random: random)
      let message = try MLSMessage(wireBytes: pending.message.wireBytes)
      var after = [pending.next.ownLeaf: pending.next]
      for leaf in leaves where leaf != committer {
        var receiver = try #require(members[leaf])
        var twin = try Group(exposedBytes: receiver.encodedExposingSecrets())
        let outcome = try receiver.process(message, validation: acceptAll)
        let staged = try #require(outcome.commit)
        // One that was stored and loaded takes the same step to the same state.
        let followed = try twin.process(message, validation: acceptAll).commit?.next
        #expect(followed?.encodedExposingSecrets() == staged.next?.encodedExposingSecrets())
        let isRemoved = pending.changes.removals.contains { $0.index == leaf }
        #expect((staged.next == nil) == isRemoved)
        if let next = staged.next { after[leaf] = next }
      }
      if let welcome = pending.welcome {
        for newcomer in newcomers {
          let joined = try Group(
            joining: welcome, with: newcomer, settings: .open, validation: acceptAll)
          after[joined.ownLeaf] = joined
        }
      }
      members = after
    }

    func expectAgreement() throws {
      let first = try #require(members.values.first)
      for group in members.values {
        #expect(group.context == first.context)
        #expect(group.epochAuthenticator.equals(first.epochAuthenticator))
        #expect(group.treeSecrets.isConsistent(with: group.tree))
        #expect(group.members.map(\.index) == leaves)
      }
    }
  }

  @Test(arguments: 0..<6)
  func `members agree after every step of a random history`(seed: Int) throws {
    var world = try World(suite: .x25519ChaCha20, seed: UInt64(seed))
    for _ in 0..<25 {
      if world.pick(3) == 0 { try world.talk() } else { try world.commit() }
      try world.reload()
      try world.expectAgreement()
    }
  }

  @Test func `and so they do with the default suite`() throws {
    var world = try World(suite: .hybridAES256, seed: 77)
    for _ in 0..<8 {
      try world.commit()
      try world.talk()
      try world.reload()
      try world.expectAgreement()
    }
  }
}
