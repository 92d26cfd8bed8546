// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// Groups that are founded from others: re-initialised, or branched off.
extension InteropService {
  mutating func reInitCommit(_ fields: RequestFields) throws -> [String: JSONValue] {
    let (id, before) = try member(fields)
    let answer = try commit(fields)
    guard try member(fields).member.pending?.next.reInit != nil else {
      try set(id, to: before)
      throw InteropError(.failedPrecondition, "the Commit holds no ReInit")
    }
    return answer
  }

  mutating func handlePendingReInitCommit(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    try takePending(&member)
    return try closed(member, id)
  }

  mutating func handleReInitCommit(_ fields: RequestFields) throws -> [String: JSONValue] {
    var (id, member) = try member(fields)
    try follow(fields, &member)
    return try closed(member, id)
  }

  /// A member whose group has been closed, and its KeyPackage for the next one.
  private mutating func closed(_ member: InteropMember, _ id: UInt32) throws -> [String: JSONValue]
  {
    guard let reInit = member.group.reInit else {
      throw InteropError(.failedPrecondition, "the Commit holds no ReInit")
    }
    guard
      let suite = CipherSuite(reInit.cipherSuite),
      case .basic(let identity) = member.parameters.credential
    else { throw InteropError(.failedPrecondition, "the ReInit's suite is not supported") }
    var newcomer = try newcomer(suite, identity)
    newcomer.keys = member.keys
    try set(id, to: member)
    let succession = try add(
      .succession(InteropSuccession(old: member, newcomer: newcomer)))
    return [
      "reinit_id": .number(UInt64(succession)),
      "key_package": .bytes(MLSMessage.keyPackage(newcomer.package.keyPackage).wireBytes),
      "epoch_authenticator": authenticator(member.group),
    ]
  }

  mutating func reInitWelcome(_ fields: RequestFields) throws -> [String: JSONValue] {
    let succession = try succession(fields)
    let options = try options(fields)
    let made = try succession.old.group.reinitialised(
      as: succession.newcomer.parameters,
      members: fields.bytesList("key_package").map { try RequestFields.keyPackage($0) },
      options: options, validation: validation, random: random)
    let answer = try founded(made, succession.newcomer.parameters, succession.old.keys, options)
    try forget("reinit_id", fields)
    return answer
  }

  mutating func handleReInitWelcome(_ fields: RequestFields) throws -> [String: JSONValue] {
    let succession = try succession(fields)
    let answer = try joined(
      succession.newcomer, fields, predecessor: succession.old.group,
      settings: succession.old.group.settings)
    try forget("reinit_id", fields)
    return answer
  }

  mutating func createBranch(_ fields: RequestFields) throws -> [String: JSONValue] {
    let member = try member(fields).member
    let options = try options(fields)
    let made = try member.group.branched(
      id: GroupID(fields.bytes("group_id")), as: member.parameters,
      members: fields.bytesList("key_packages").map { try RequestFields.keyPackage($0) },
      extensions: fields.extensions(), options: options, validation: validation, random: random)
    return try founded(made, member.parameters, member.keys, options)
  }

  mutating func handleBranch(_ fields: RequestFields) throws -> [String: JSONValue] {
    let old = try member(fields).member
    var newcomer = try newcomer(fields)
    newcomer.keys.external.merge(old.keys.external) { own, _ in own }
    let answer = try joined(
      newcomer, fields, predecessor: old.group, settings: old.group.settings)
    try forget("transaction_id", fields)
    return answer
  }

  private mutating func founded(
    _ made: Group.Successor, _ parameters: LeafParameters, _ keys: InteropKeys,
    _ options: CommitOptions
  ) throws -> [String: JSONValue] {
    let id = try add(
      .member(InteropMember(group: made.group, parameters: parameters, keys: keys)))
    return [
      "state_id": .number(UInt64(id)), "welcome": Self.welcome(made.welcome),
      "ratchet_tree": Self.tree(of: made.group, options),
      "epoch_authenticator": authenticator(made.group),
    ]
  }
}
