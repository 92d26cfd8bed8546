// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// Proposals and Commits of members.
extension InteropService {
  mutating func addProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    try propose(fields) { [validation] scene, _ in
      let keyPackage = try RequestFields.keyPackage(fields.bytes("key_package"))
      // RFC 9420 section 10.1: before it is used to add its owner.
      guard try keyPackage.validated(validation) == scene.suite else {
        throw MLSError.invalidKeyPackage(.cipherSuite)
      }
      return .add(keyPackage)
    }
  }

  mutating func removeProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    try propose(fields) { scene, _ in .remove(try scene.leaf(of: fields.bytes("removed_id"))) }
  }

  mutating func externalPSKProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    try propose(fields) { scene, random in
      scene.externalKey(try fields.bytes("psk_id"), random)
    }
  }

  mutating func resumptionPSKProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    try propose(fields) { scene, random in
      scene.resumptionKey(try fields.uint64("epoch_id"), random)
    }
  }

  mutating func groupContextExtensionsProposal(
    _ fields: RequestFields
  ) throws -> [String: JSONValue] {
    try propose(fields) { _, _ in .groupContextExtensions(try fields.extensions()) }
  }

  mutating func reInitProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    try propose(fields) { scene, _ in try scene.reInit(fields) }
  }

  mutating func propose(
    _ fields: RequestFields, _ make: (InteropScene, any RandomSource) throws -> Proposal
  ) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    let proposal = try make(InteropScene(member.group), random)
    let message = try member.group.propose(proposal, validation: validation, random: random)
    return try sent(message, by: &member, id) { $0 == proposal }
  }

  mutating func updateProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    let message = try member.group.proposeUpdate(validation: validation, random: random)
    // Each has a key of its own.
    return try sent(message, by: &member, id) { $0.type == .update }
  }

  private mutating func sent(
    _ message: MLSMessage, by member: inout InteropMember, _ id: UInt32,
    _ isIt: (Proposal) -> Bool
  ) throws -> [String: JSONValue] {
    let bytes = message.wireBytes
    let own = Sender.member(member.group.ownLeaf)
    // What is proposed twice may have one reference, under which it waits since the first time.
    let made = member.group.pendingProposals.last { $0.sender == own && isIt($0.proposal) }
    member.known[bytes] = made?.reference
    try set(id, to: member)
    return ["proposal": .bytes(bytes)]
  }

  // MARK: Commits

  mutating func commit(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    let references = try fields.bytesList("by_reference").map {
      try reference(of: $0, at: &member)
    }
    let scene = InteropScene(member.group)
    let values = try fields.objects("by_value").map { try scene.proposal($0, random) }
    let options = try options(fields, pending: .only(references))
    let pending = try member.group.commit(
      values, options: options, preSharedKeys: member.keys, validation: validation, random: random)
    member.pending = pending
    try set(id, to: member)
    return [
      "commit": .bytes(pending.message.wireBytes),
      "welcome": Self.welcome(pending.welcome),
      "ratchet_tree": Self.tree(of: pending.next, options),
    ]
  }

  /// How Commits are made: `force_path`, `external_tree`.
  func options(
    _ fields: RequestFields, pending: CommitOptions.PendingProposals = .leaveOut
  ) throws -> CommitOptions {
    var options = CommitOptions()
    options.grease = grease
    options.pendingProposals = pending
    options.path = try fields.flag("force_path") ? .always : .whenRequired
    options.treeInWelcome = try fields.flag("external_tree") ? .leaveOut : .include
    return options
  }

  static func welcome(_ welcome: Welcome?) -> JSONValue {
    .bytes(welcome.map { MLSMessage.welcome($0).wireBytes } ?? [])
  }

  /// The tree, where the Welcome does not hold it.
  static func tree(of group: Group, _ options: CommitOptions) -> JSONValue {
    .bytes(
      options.treeInWelcome == .leaveOut ? UnverifiedRatchetTree(group.tree).wireBytes : [])
  }

  /// What a Commit calls a proposal, which is processed unless this member has seen or made it.
  private func reference(
    of bytes: [UInt8], at member: inout InteropMember
  ) throws -> ProposalRef {
    if let known = member.known[bytes] { return known }
    let outcome = try member.group.process(
      RequestFields.message(bytes, "proposal"), preSharedKeys: member.keys, validation: validation)
    guard case .proposal(_, _, let reference) = outcome else {
      throw InteropError(.invalidArgument, "proposal: a Commit")
    }
    member.known[bytes] = reference
    return reference
  }

  mutating func handlePendingCommit(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    try takePending(&member)
    try set(id, to: member)
    return epoch(id, member)
  }

  func takePending(_ member: inout InteropMember) throws {
    guard let pending = member.pending else {
      throw InteropError(.failedPrecondition, "no Commit is pending")
    }
    try member.advance(to: pending.next(after: member.group))
  }

  mutating func handleCommit(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    try follow(fields, &member)
    try set(id, to: member)
    guard !member.isRemoved else {
      throw InteropError(.failedPrecondition, "the Commit removes this member")
    }
    return epoch(id, member)
  }

  /// Goes over to the epoch that a Commit begins.
  func follow(_ fields: RequestFields, _ member: inout InteropMember) throws {
    let message = try fields.message("commit")
    if let pending = member.pending, pending.message == message {
      return try member.advance(to: pending.next(after: member.group))
    }
    // Those that the Commit refers to are among them; it fails without one that is not taken.
    for proposal in try fields.bytesList("proposal") {
      _ = try? reference(of: proposal, at: &member)
    }
    let outcome = try member.group.process(
      message, preSharedKeys: member.keys, validation: validation)
    guard case .commit(let staged) = outcome else {
      throw InteropError(.invalidArgument, "commit: a proposal")
    }
    guard let next = try staged.next(after: member.group) else {
      member.isRemoved = true
      return
    }
    member.advance(to: next)
  }

  private func epoch(_ id: UInt32, _ member: InteropMember) -> [String: JSONValue] {
    ["state_id": .number(UInt64(id)), "epoch_authenticator": authenticator(member.group)]
  }
}
