// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives

@testable import MLS

/// A group with five members, its tree grown by all operations, and valid messages in it.
struct MLSWorld: Sendable {
  static let suite = CipherSuite.x25519ChaCha20
  static let now: UInt64 = 1_800_000_000
  static let validation = Validation(credentials: AcceptAll(), now: now)
  static let externalPSK = Array("psk".utf8)
  static let required = RequiredCapabilities(extensions: [ownType], credentials: [.basic])
  /// An extension and a proposal of nobody's, which all members support.
  static let ownType = ExtensionType(rawValue: 0xF0A1)
  static let ownProposal = ProposalType(rawValue: 0xF0A1)

  /// A message of a member who keeps the rules, and what it frames.
  struct Template: Sendable {
    let message: MLSMessage
    let content: FramedContent
    let confirmationTag: [UInt8]?
  }

  /// Who sends whatever it likes.
  let forger: Group
  /// Who receives it.
  let victim: Group
  /// The victim some epochs earlier.
  let earlier: Group
  let templates: [Template]
  /// A client that the forger's last template adds, and the Welcome for it.
  let newcomer: OwnKeyPackage
  let welcome: Welcome
  /// The group as the Welcome shows it.
  let welcomed: Group
  let keys: FixedKeys
  /// Who may propose from outside.
  let outsider: SignatureKey

  static var shared: MLSWorld {
    get throws { try made.get() }
  }

  private static let made = Result { try MLSWorld() }

  static func client(_ name: String, _ random: SeededRandom) throws -> OwnKeyPackage {
    try OwnKeyPackage(
      signatureKey: SignatureKey(suite: suite, random: random),
      credential: .basic(identity: Array(name.utf8)), capabilities: capabilities,
      lifetime: Lifetime(notBefore: now - 60, notAfter: now + 3600), grease: .leaveOut,
      random: random)
  }

  static let capabilities = Capabilities(
    extensions: [ownType], proposals: [ownProposal], credentials: [.basic])

  private init() throws {
    let random = SeededRandom(seed: 1)
    keys = FixedKeys()
    outsider = try SignatureKey(suite: Self.suite, random: random)
    let senders = ExternalSender.asExtension([
      ExternalSender(
        signatureKey: outsider.publicKey, credential: .basic(identity: Array("outside".utf8)))
    ])
    var alice = try Group(
      creating: GroupID([1, 2, 3, 4]), suite: Self.suite,
      as: LeafParameters(
        signatureKey: SignatureKey(suite: Self.suite, random: random),
        credential: .basic(identity: Array("alice".utf8)), capabilities: Self.capabilities,
        grease: .leaveOut),
      extensions: [senders, Self.required.asExtension], settings: .open,
      validation: Self.validation, random: random)
    let packages = try ["bob", "carol", "dave", "erin"].map { try Self.client($0, random) }
    let founding = try alice.commit(
      packages.map { .add($0.keyPackage) }, validation: Self.validation, random: random)
    alice = founding.next
    var others = try packages.map { package in
      try Group(
        joining: founding.welcome!, with: package, settings: .open, validation: Self.validation)
    }
    func follow(_ pending: PendingCommit) throws {
      others = try others.compactMap { member in
        guard member.ownLeaf != pending.next.ownLeaf else { return pending.next }
        var member = member
        guard
          case .commit(let staged) = try member.process(
            pending.message, validation: Self.validation)
        else { throw Finding.validRefused }
        return staged.next
      }
    }
    earlier = others[0]
    // Carol's path, Dave's leaving, Alice's path, and a newcomer who is unmerged below it.
    let path = try others[1].commit(validation: Self.validation, random: random)
    try follow(path)
    guard case .commit(let staged) = try alice.process(path.message, validation: Self.validation)
    else { throw Finding.validRefused }
    alice = staged.next!
    for proposals: [Proposal] in [
      [.remove(LeafIndex(3))], [], [.add(try Self.client("frank", random).keyPackage)],
    ] {
      var options = CommitOptions()
      options.path = .whenRequired
      let pending = try alice.commit(
        proposals, options: options, validation: Self.validation, random: random)
      try follow(pending)
      alice = pending.next
    }
    forger = alice
    victim = others[0]
    newcomer = try Self.client("grace", random)
    let made = try Self.makeTemplates(alice, others[1], newcomer, outsider, keys, random)
    templates = made.templates
    guard let welcome = made.last.welcome else { throw Finding.validRefused }
    self.welcome = welcome
    welcomed = made.last.next
  }
}

/// One external key.
struct FixedKeys: PreSharedKeyStore {
  func externalKey(id: [UInt8]) -> SharedSecret? {
    id == MLSWorld.externalPSK ? SharedSecret([UInt8](repeating: 7, count: 32)) : nil
  }

  func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? { nil }
}
