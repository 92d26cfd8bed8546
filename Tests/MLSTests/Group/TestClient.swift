// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// The time at which the tests take place.
let testTime: UInt64 = 1_800_000_000

let acceptAll = Validation(credentials: AcceptAll(), now: testTime)

/// Suites that the tests of groups run with: a classical one and the default.
let testedSuites: [CipherSuite] = [.x25519ChaCha20, .hybridAES256]

/// A client with a basic credential.
struct TestClient {
  let name: String
  let suite: CipherSuite
  let signatureKey: SignatureKey
  /// Left out, since most tests change a leaf in one place and expect the rest as they know it.
  let grease: Grease

  init(
    _ name: String, suite: CipherSuite = .x25519ChaCha20, grease: Grease = .leaveOut
  ) throws {
    self.name = name
    self.grease = grease
    self.suite = suite
    signatureKey = try SignatureKey(suite: suite, random: SystemRandom())
  }

  var credential: Credential { .basic(identity: Array(name.utf8)) }

  var parameters: LeafParameters {
    LeafParameters(
      signatureKey: signatureKey, credential: credential, capabilities: testCapabilities,
      grease: grease)
  }

  func keyPackage(
    lifetime: Lifetime = Lifetime(notBefore: testTime - 60, notAfter: testTime + 3600)
  ) throws -> OwnKeyPackage {
    try OwnKeyPackage(
      signatureKey: signatureKey, credential: credential, capabilities: testCapabilities,
      lifetime: lifetime, grease: grease, random: SystemRandom())
  }

  func createGroup(
    settings: GroupSettings = GroupSettings(), extensions: [Extension] = []
  ) throws -> Group {
    try Group(
      creating: GroupID(SystemRandom().bytes(32)), suite: suite, as: parameters,
      extensions: extensions, settings: settings, validation: acceptAll, random: SystemRandom())
  }
}

/// An extension of nobody's, which all test clients support.
let testExtension = ExtensionType(rawValue: 0xF0A1)

/// A type of credentials of nobody's, which all test clients support.
let testCredentialType = CredentialType(rawValue: 0xF0A0)

let testCapabilities = Capabilities(
  extensions: [testExtension], credentials: [.basic, .x509, testCredentialType])

/// A group of two, as founder and newcomer see it.
func groupOfTwo(
  suite: CipherSuite = .x25519ChaCha20, settings: GroupSettings = GroupSettings(),
  options: CommitOptions = CommitOptions()
) throws -> (alice: Group, bob: Group) {
  var alice = try TestClient("alice", suite: suite).createGroup(settings: settings)
  let bobPackage = try TestClient("bob", suite: suite).keyPackage()
  let pending = try alice.commit(
    [.add(bobPackage.keyPackage)], options: options, validation: acceptAll,
    random: SystemRandom())
  let welcome = try #require(pending.welcome)
  let bob = try Group(
    joining: welcome, with: bobPackage, settings: settings, validation: acceptAll)
  return (pending.next, bob)
}

/// Alice, Bob and Carol in an open group.
func groupOfThree(
  format: GroupSettings.HandshakeFormat = .privateMessage
) throws -> [Group] {
  var settings = GroupSettings.open
  settings.handshakeFormat = format
  var (alice, bob) = try groupOfTwo(settings: settings)
  let carol = try TestClient("carol").keyPackage()
  let pending = try alice.commit(
    [.add(carol.keyPackage)], validation: acceptAll, random: SystemRandom())
  try bob.follow(pending.message)
  let welcome = try #require(pending.welcome)
  let joined = try Group(
    joining: welcome, with: carol, settings: settings, validation: acceptAll)
  return [pending.next, bob, joined]
}

/// Members who see the same group, each with the private keys that are its own.
func expectAgreement(_ groups: [Group]) {
  for group in groups {
    #expect(group.context == groups[0].context)
    #expect(group.epochAuthenticator.equals(groups[0].epochAuthenticator))
    #expect(group.treeSecrets.isConsistent(with: group.tree))
  }
}

extension Group {
  /// Processes a message that is expected to be a Commit.
  mutating func processCommit(_ message: MLSMessage) throws -> StagedCommit {
    let outcome = try process(message, validation: acceptAll)
    return try #require(outcome.commit)
  }

  /// Processes a Commit and moves on to the next epoch.
  mutating func follow(_ message: MLSMessage) throws {
    let next = try processCommit(message).next(after: self)
    self = try #require(next)
  }
}

extension MLSMessage {
  var publicMessage: PublicMessage? {
    if case .publicMessage(let message) = self { message } else { nil }
  }

  var privateMessage: PrivateMessage? {
    if case .privateMessage(let message) = self { message } else { nil }
  }
}

extension HandshakeOutcome {
  /// The Commit, if it is one.
  var commit: StagedCommit? {
    if case .commit(let staged) = self { staged } else { nil }
  }
}
