// SPDX-License-Identifier: Apache-2.0

import MLS

/// Proposals, by value and by reference.
extension Ensemble {
  private func described(_ type: String, _ fields: [String: JSONValue]) -> JSONValue {
    .object(fields.merging(["proposal_type": .bytes(Array(type.utf8))]) { own, _ in own })
  }

  func addition(of newcomer: Participant) throws -> JSONValue {
    described("add", ["key_package": try keyPackage(of: newcomer)])
  }

  func removal(of member: Participant) -> JSONValue {
    described("remove", ["removed_id": member.identity])
  }

  func use(of key: JSONValue) -> JSONValue { described("externalPSK", ["psk_id": key]) }

  func resumption(of epoch: UInt64) -> JSONValue {
    described("resumptionPSK", ["epoch_id": .number(epoch)])
  }

  func change(to extensions: [JSONValue]) -> JSONValue {
    described("groupContextExtensions", ["extensions": .list(extensions)])
  }

  func reInit(_ id: JSONValue, _ suite: UInt64, _ extensions: [JSONValue]) -> JSONValue {
    described(
      "reinit",
      ["group_id": id, "cipher_suite": .number(suite), "extensions": .list(extensions)])
  }

  /// Extensions that every client supports: nothing required, nobody outside who may propose.
  static let requiresNothing: JSONValue = .object([
    "extension_type": .number(3),
    "extension_data": .bytes(RequiredCapabilities().asExtension.data),
  ])
  static let nobodyOutside: JSONValue = .object([
    "extension_type": .number(5), "extension_data": .bytes(ExternalSender.asExtension([]).data),
  ])

  // MARK: By reference

  func proposeAddition(_ newcomer: Participant, _ proposer: Participant) throws -> JSONValue {
    try proposer.callState("AddProposal", ["key_package": keyPackage(of: newcomer)])
      .bytes("proposal")
  }

  func proposeUpdate(_ proposer: Participant) throws -> JSONValue {
    try proposer.callState("UpdateProposal").bytes("proposal")
  }

  func proposeRemoval(_ member: Participant, _ proposer: Participant) throws -> JSONValue {
    try proposer.callState("RemoveProposal", ["removed_id": member.identity]).bytes("proposal")
  }

  func proposeKey(_ key: JSONValue, _ proposer: Participant) throws -> JSONValue {
    try proposer.callState("ExternalPSKProposal", ["psk_id": key]).bytes("proposal")
  }

  func proposeResumption(_ epoch: UInt64, _ proposer: Participant) throws -> JSONValue {
    try proposer.callState("ResumptionPSKProposal", ["epoch_id": .number(epoch)])
      .bytes("proposal")
  }

  func proposeChange(_ extensions: [JSONValue], _ proposer: Participant) throws -> JSONValue {
    try proposer.callState("GroupContextExtensionsProposal", ["extensions": .list(extensions)])
      .bytes("proposal")
  }

  // MARK: From outside

  func newcomersProposal(_ newcomer: Participant, by member: Participant) throws -> JSONValue {
    let info = try member.callState("GroupInfo").bytes("group_info")
    let reply = try newcomer.call(
      "NewMemberAddProposal", ["group_info": info, "identity": newcomer.identity])
    newcomer.transaction = try reply.number("transaction_id")
    return try reply.bytes("proposal")
  }

  /// Somebody outside whom the group lists from now on.
  mutating func allowSigner() throws -> Participant {
    let signer = participant()
    let made = try signer.call(
      "CreateExternalSigner", ["cipher_suite": .number(suite), "identity": signer.identity])
    signer.signer = try made.number("signer_id")
    let proposal = try members[0].callState(
      "AddExternalSigner", ["external_sender": made.bytes("external_sender")]
    ).bytes("proposal")
    try commit(by: members[0], references: [proposal])
    return signer
  }

  func outsidersProposal(_ description: JSONValue, _ signer: Participant) throws -> JSONValue {
    let info = try members[0].callState("GroupInfo", ["external_tree": .bool(true)])
    return try signer.call(
      "ExternalSignerProposal",
      [
        "signer_id": .number(signer.signer), "group_info": info.bytes("group_info"),
        "ratchet_tree": info.bytes("ratchet_tree"), "description": description,
      ]
    ).bytes("proposal")
  }
}
