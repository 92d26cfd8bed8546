// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// Proposals of those who are not in the group.
extension InteropService {
  mutating func newMemberAddProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    let info = try fields.groupInfo()
    let newcomer = try newcomer(info.suite(), fields.bytes("identity"))
    let message = try MLSMessage.newMemberProposal(
      newcomer.package, groupID: info.groupContext.groupID, epoch: info.groupContext.epoch)
    var result = try Self.privateKeys(of: newcomer)
    result["proposal"] = .bytes(message.wireBytes)
    result["transaction_id"] = .number(UInt64(try add(.newcomer(newcomer))))
    return result
  }

  mutating func createExternalSigner(_ fields: RequestFields) throws -> [String: JSONValue] {
    let key = try SignatureKey(suite: fields.suite(), random: random)
    let sender = ExternalSender(
      signatureKey: key.publicKey, credential: .basic(identity: try fields.bytes("identity")))
    let id = try add(.signer(InteropSigner(signatureKey: key)))
    return ["signer_id": .number(UInt64(id)), "external_sender": .bytes(sender.wireBytes)]
  }

  mutating func addExternalSigner(_ fields: RequestFields) throws -> [String: JSONValue] {
    var extensions = try member(fields).member.group.extensions
    let sender: ExternalSender
    do {
      sender = try ExternalSender(wireBytes: fields.bytes("external_sender"))
    } catch {
      throw InteropError(.invalidArgument, "external_sender: no ExternalSender (\(error))")
    }
    var senders = try extensions[.externalSenders].map { try ExternalSender.list($0) } ?? []
    senders.append(sender)
    extensions.removeAll { $0.type == .externalSenders }
    extensions.append(ExternalSender.asExtension(senders))
    return try propose(fields) { _, _ in .groupContextExtensions(extensions) }
  }

  func externalSignerProposal(_ fields: RequestFields) throws -> [String: JSONValue] {
    let key = try signer(fields).signatureKey
    let info = try fields.groupInfo()
    let scene = try InteropScene(info, tree: fields.ratchetTree())
    // The working group's runner leaves the index at zero, wherever the signer stands in the list.
    var index = try fields.uint32("signer_index")
    if index == 0, let senders = info.groupContext.extensions[.externalSenders] {
      let listed = try ExternalSender.list(senders).firstIndex { $0.signatureKey == key.publicKey }
      index = listed.flatMap(UInt32.init(exactly:)) ?? 0
    }
    let message = try MLSMessage.externalProposal(
      scene.proposal(fields.object("description"), random), groupID: scene.groupID,
      epoch: info.groupContext.epoch,
      senderIndex: index,
      signer: key)
    return ["proposal": .bytes(message.wireBytes)]
  }
}
