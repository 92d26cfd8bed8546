// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// Groups that an insider founds from another one, with its key, and that are not what was agreed on.
struct SuccessionForgeryTests {
  private let old: (alice: Group, bob: Group)

  init() throws { old = try groupOfTwo(settings: .open) }

  /// The old group, closed by a ReInit to a group like the old one.
  private func closed(
    _ change: (inout ReInit) -> Void = { _ in }
  ) throws -> (alice: Group, bob: Group) {
    var (alice, bob) = old
    var reInit = ReInit(
      groupID: GroupID([9]), cipherSuite: alice.suite.number,
      extensions: [Extension(type: testExtension, data: [1])])
    change(&reInit)
    let closing = try alice.commit(
      [.reInit(reInit)], validation: acceptAll, random: SystemRandom())
    try bob.follow(closing.message)
    return (closing.next, bob)
  }

  /// Lets Bob into a group of Alice's making, founded with the key of the old one.
  private func join(
    from old: (alice: Group, bob: Group), _ usage: PreSharedKeyID.ResumptionUsage,
    id: GroupID = GroupID([9]), suite: CipherSuite = .x25519ChaCha20,
    extensions: [Extension] = [Extension(type: testExtension, data: [1])],
    also names: [String] = []
  ) throws -> Group {
    var group = try Group(
      creating: id, suite: suite, as: TestClient("alice", suite: suite).parameters,
      extensions: extensions, settings: .open, validation: acceptAll, random: SystemRandom())
    let bob = try TestClient("bob", suite: suite).keyPackage()
    let key = PreSharedKeyID(
      source: .resumption(usage, groupID: old.alice.id, epoch: old.alice.epoch),
      nonce: SystemRandom().bytes(suite.hashLength))
    let others = try names.map {
      Proposal.add(try TestClient($0, suite: suite).keyPackage().keyPackage)
    }
    let pending = try group.commit(
      [.add(bob.keyPackage)] + others + [.preSharedKey(key)],
      purpose: usage == .reInit ? .reInit : .branch, options: CommitOptions(),
      preSharedKeys: Predecessor(group: old.alice, others: NoPreSharedKeys()),
      validation: acceptAll, random: SystemRandom())
    return try Group(
      joining: #require(pending.welcome), with: bob, predecessor: old.bob, settings: .open,
      validation: Validation(credentials: NoMallory(), now: testTime))
  }

  @Test
  func `after a ReInit, another group than it asked for — RFC 9420 §11.2, RFC 9420 §12.4.3.1`()
    throws
  {
    let refusal = MLSError.invalidWelcome(.reInitMismatch)
    let asked = try closed()
    #expect(try join(from: asked, .reInit).id == GroupID([9]))
    #expect(throws: refusal) { try join(from: asked, .reInit, id: GroupID([8])) }
    #expect(throws: refusal) { try join(from: asked, .reInit, suite: .hybridAES256) }
    #expect(throws: refusal) { try join(from: asked, .reInit, extensions: []) }
    // Of a version that is not this one's there is no group yet.
    let newer = try closed { $0.version = ProtocolVersion(rawValue: 2) }
    #expect(throws: refusal) { try join(from: newer, .reInit) }
    // Nobody asked for any.
    #expect(throws: refusal) { try join(from: old, .reInit) }
  }

  @Test func `a ReInit that this client cannot follow — RFC 9420 §11.2`() throws {
    let parameters = try TestClient("alice").parameters
    func follow(_ change: (inout ReInit) -> Void) throws {
      _ = try closed(change).alice.reinitialised(
        as: parameters, members: [TestClient("bob").keyPackage().keyPackage],
        validation: acceptAll, random: SystemRandom())
    }
    try follow { _ in }
    #expect(throws: MLSError.invalidArgument) {
      try follow { $0.version = ProtocolVersion(rawValue: 2) }
    }
    #expect(throws: MLSError.invalidArgument) {
      try follow { $0.cipherSuite = CipherSuite.Number(rawValue: 0x0A0A) }
    }
    #expect(throws: MLSError.invalidArgument) {
      try old.alice.reinitialised(
        as: parameters, members: [], validation: acceptAll, random: SystemRandom())
    }
  }

  /// Has the key of any epoch of a group, without being that group.
  private struct Keys: PreSharedKeyStore {
    let group: Group
    func externalKey(id: [UInt8]) -> SharedSecret? { nil }
    func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? {
      groupID == group.id ? group.resumptionSecret(of: epoch) : nil
    }
  }

  @Test func `a predecessor that is not at hand, whose key is — RFC 9420 §12.4.3.1`() throws {
    let bob = try TestClient("bob").keyPackage()
    let branch = try old.alice.branched(
      id: GroupID([7]), as: TestClient("alice").parameters, members: [bob.keyPackage],
      validation: acceptAll, random: SystemRandom())
    let welcome = try #require(branch.welcome)
    #expect(throws: MLSError.missingPreSharedKey) {
      try Group(
        joining: welcome, with: bob, preSharedKeys: Keys(group: old.bob), settings: .open,
        validation: acceptAll)
    }
  }

  @Test
  func `a branch with a suite or members of its own — RFC 9420 §11.3, RFC 9420 §12.4.3.1`()
    throws
  {
    #expect(try join(from: old, .branch).members.count == 2)
    for (suite, names) in [(CipherSuite.x25519AES128, []), (old.alice.suite, ["carol"])] {
      #expect(throws: MLSError.invalidWelcome(.branchMismatch)) {
        try join(from: old, .branch, suite: suite, also: names)
      }
    }
  }
}
