// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// A member that comes to support something, and what makes use of it, in one Commit.
@Suite struct NewCapabilityTests {
  private static let narrow = Capabilities(extensions: [], credentials: [.basic])

  /// Alice supports little, Bob all that the tests use.
  private func group() throws -> (alice: Group, bob: Group) {
    var parameters = try TestClient("alice").parameters
    parameters.capabilities = Self.narrow
    var alice = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    let package = try TestClient("bob").keyPackage()
    let pending = try alice.commit(
      [.add(package.keyPackage)], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    let bob = try Group(
      joining: welcome, with: package, settings: .open, validation: acceptAll)
    return (try pending.next(after: alice), bob)
  }

  /// What Alice's first leaf does not support.
  private static func uses() throws -> [Proposal] {
    let carol = try OwnKeyPackage(
      signatureKey: SignatureKey(suite: .x25519ChaCha20, random: SystemRandom()),
      credential: .other(testCredentialType, body: [1]), capabilities: testCapabilities,
      lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    return [
      .groupContextExtensions([Extension(type: testExtension, data: [])]),
      .add(carol.keyPackage),
    ]
  }

  @Test(arguments: [0, 1])
  func `an Update and what makes use of it go together: RFC 9420 §12.3`(use: Int) throws {
    let proposal = try Self.uses()[use]
    var (alice, bob) = try group()
    // Not without it.
    #expect(throws: MLSError.self) {
      try bob.commit([proposal], validation: acceptAll, random: SystemRandom())
    }
    let update = try alice.proposeUpdate(
      TestClient("alice").parameters, validation: acceptAll, random: SystemRandom())
    _ = try bob.process(update, validation: acceptAll)
    let pending = try bob.commit([proposal], validation: acceptAll, random: SystemRandom())
    #expect(pending.changes.proposals.count == 2)
    try alice.follow(pending.message)
    expectAgreement([alice, try pending.next(after: bob)])
  }

  @Test(arguments: [0, 1])
  func `the leaf of a path and what makes use of it go together: RFC 9420 §12.1.7`(
    use: Int
  ) throws {
    let proposal = try Self.uses()[use]
    var (alice, bob) = try group()
    #expect(throws: MLSError.self) {
      try alice.commit([proposal], validation: acceptAll, random: SystemRandom())
    }
    var options = CommitOptions()
    options.leaf = try TestClient("alice").parameters
    let pending = try alice.commit(
      [proposal], options: options, validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    expectAgreement([try pending.next(after: alice), bob])
  }
}
