// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
@testable import Engine
@testable import MLS
import MLSTesting
import Primitives
import RelayProtocol
import Testing
import WireFormat

/// Commits that MLS takes and this project does not; what only MLS stands against today is asked of the
/// policy itself.
@Suite struct ForgedCommitTests {
  private let parties: Parties
  private let ledger: Ledger
  /// The therapist's and the client's state of epoch 1.
  private let group: Group
  private let member: MemberGroup

  init() throws {
    parties = try Parties()
    let package = try parties.client.package(parties.relationship)
    ledger = try parties.ledger(package)
    let founded = try parties.found(by: parties.therapist, adding: [package], under: ledger)
    group = founded.group
    member = try parties.join(founded.welcome, package, ledger).group
  }

  /// A commit of the therapist's.
  private func commit(
    _ proposals: [Proposal] = [], line: UnverifiedLine?, by leaf: Party? = nil
  ) throws -> PendingCommit {
    var group = group
    var options = CommitOptions()
    options.grease = GroupContextPolicy.grease
    options.authenticatedData =
      CommitData(
        read: ReadMark(
          position: Position(0),
          chain: ChainHash.founding(try ChannelID(bytes: parties.channel))),
        line: line?.bytes
      ).wireBytes
    options.leaf = try (leaf ?? parties.therapist).leaf(parties.relationship).parameters
    return try group.commit(
      proposals, options: options, validation: Parties.acceptAll,
      random: parties.therapist.random)
  }

  private func carrying(_ line: UnverifiedLine) throws -> (ledger: Ledger, proposal: Proposal) {
    let next = try ledger.appending(line)
    return (
      next,
      .groupContextExtensions(
        GroupContextPolicy.extensions(ConsentExtension(next), try parties.place()))
    )
  }

  private func judge(
    _ commit: PendingCommit, floors: [IdentityKey: UInt64] = [:]
  ) throws -> CommitPolicy.Verdict {
    member.process(
      commit.message.wireBytes, policy: CommitPolicy(ledger: ledger, floors: floors),
      channel: try ChannelID(bytes: parties.channel))
  }

  private func isValid(_ verdict: CommitPolicy.Verdict) -> Bool {
    if case .valid = verdict { true } else { false }
  }

  @Test func `new keys alone are taken, and a line with its context`() throws {
    #expect(isValid(try judge(try commit(line: nil))))
    let line = try parties.therapist.line(.terms(parties.terms), upon: ledger)
    #expect(isValid(try judge(try commit([try carrying(line).proposal], line: line))))
  }

  @Test func `whom the ledger names as a supervisor is not brought in by a line`() throws {
    let line = try parties.therapist.line(.terms(parties.terms), upon: ledger)
    let third = try parties.supervisor.package(parties.relationship).keyPackage
    let context = try carrying(line).proposal
    #expect(!isValid(try judge(try commit([context, .add(third)], line: line))))
    #expect(!isValid(try judge(try commit([.add(third)], line: line))))
    #expect(!isValid(try judge(try commit([.add(third)], line: nil))))
  }

  @Test func `a line that the ledger refuses is not brought in by a context that stays as it is`()
    throws
  {
    let later = try ledger.appending(
      try parties.therapist.line(.terms(parties.terms), upon: ledger))
    // Each is well signed: upon a head that is not this ledger's, and not its author's to sign.
    for line in [
      try parties.therapist.line(.end, upon: later),
      try parties.client.line(.acknowledge(ledger.last.hash), upon: ledger),
      try parties.supervisor.line(.withdraw(.everything), upon: ledger),
    ] {
      let context = Proposal.groupContextExtensions(group.extensions)
      #expect(!isValid(try judge(try commit([context], line: line))))
    }
  }

  @Test func `a line by a device that was replaced is taken from nobody`() throws {
    let line = try parties.client.line(.withdraw(.everything), upon: ledger)
    let commit = try commit([try carrying(line).proposal], line: line)
    let client = parties.client.device.identity
    #expect(isValid(try judge(commit, floors: [client: 1])))
    #expect(!isValid(try judge(commit, floors: [client: 2])))
  }

  @Test func `a leaf of a device that was replaced is taken from nobody`() throws {
    let commit = try commit(line: nil)
    let therapist = parties.therapist.device.identity
    #expect(isValid(try judge(commit, floors: [therapist: 1])))
    #expect(!isValid(try judge(commit, floors: [therapist: 2])))
  }

  @Test func `a leaf is followed by none of an older device, and of no other identity`() throws {
    let validator = ChainValidator(ledger: ledger)
    func leaf(_ party: Party) throws -> (credential: Credential, signatureKey: SignaturePublicKey) {
      let leaf = try party.leaf(parties.relationship).parameters
      return (leaf.credential, leaf.signatureKey.publicKey)
    }
    let first = try leaf(parties.client)
    let second = try leaf(try Party(.client, seed: 2, keySeed: 20, serial: 2))
    #expect(validator.acceptsSuccession(from: first, to: first))
    #expect(validator.acceptsSuccession(from: first, to: second))
    #expect(!validator.acceptsSuccession(from: second, to: first))
    #expect(!validator.sawStranger)
    #expect(!validator.acceptsSuccession(from: first, to: try leaf(parties.therapist)))
    #expect(validator.sawStranger)
  }

  @Test func `a policy asks for each thing that a commit may bring`() throws {
    let line = try parties.therapist.line(.terms(parties.terms), upon: ledger)
    let (nextLedger, context) = try carrying(line)
    let commit = try commit([context], line: line)
    var state = member.group
    guard
      case .commit(let staged) = try state.process(
        commit.message, validation: Parties.acceptAll)
    else {
      Issue.record("an honest commit is one")
      return
    }
    let next = try #require(staged.next)
    let policy = CommitPolicy(ledger: ledger, floors: [:])
    func takes(_ change: (inout CommitChanges) -> Void) -> Bool {
      var changes = staged.changes
      change(&changes)
      return policy.accepts(
        changes, carrying: line, from: group, into: next, under: nextLedger)
    }
    #expect(takes { _ in })
    let leaf = try #require(staged.changes.committerLeaf)
    let (own, psk) = (
      group.ownLeaf,
      PreSharedKeyID(source: .external(id: [1]), nonce: [UInt8](repeating: 0, count: 32))
    )
    #expect(!takes { $0.committerLeaf = nil })
    #expect(!takes { $0.additions = [.init(index: own, leaf: leaf)] })
    #expect(!takes { $0.removals = [.init(index: own, leaf: leaf)] })
    #expect(!takes { $0.updates = [.init(index: own, old: leaf, new: leaf)] })
    #expect(!takes { $0.preSharedKeys = [psk] })
    #expect(
      !takes {
        $0.reInit = ReInit(
          groupID: group.id, cipherSuite: Party.suite.number, extensions: [])
      })
    #expect(!takes { $0.extensions = nil })
    #expect(!takes { $0.proposals = [] })
    #expect(!takes { $0.proposals.append(.preSharedKey(psk)) })
  }
}
