// SPDX-License-Identifier: Apache-2.0

import MLS
import WireFormat

/// One of each structure: it parses, and encodes to the same bytes.
///
/// Two of them are not made by every generator: mlspp writes no PublicMessage of application data, which
/// RFC 9420 section 6 forbids to send, and no GroupContextExtensions.
struct MessagesVector: Vector {
  static let kind = "messages"
  static let signature: Set<String> = ["mls_welcome", "mls_group_info", "private_message"]
  var suite: UInt16? { nil }

  let mlsWelcome: HexBytes
  let mlsGroupInfo: HexBytes
  let mlsKeyPackage: HexBytes
  let ratchetTree: HexBytes
  let groupSecrets: HexBytes
  let addProposal: HexBytes
  let updateProposal: HexBytes
  let removeProposal: HexBytes
  let preSharedKeyProposal: HexBytes
  let reInitProposal: HexBytes
  let externalInitProposal: HexBytes
  let groupContextExtensionsProposal: HexBytes?
  let commit: HexBytes
  let publicMessageApplication: HexBytes?
  let publicMessageProposal: HexBytes
  let publicMessageCommit: HexBytes
  let privateMessage: HexBytes

  func verify() throws {
    for (name, bytes, format) in [
      ("mls_welcome", mlsWelcome, MessageFormat.welcome),
      ("mls_group_info", mlsGroupInfo, .groupInfo),
      ("mls_key_package", mlsKeyPackage, .keyPackage),
      ("private_message", privateMessage, .privateMessage),
    ] {
      let message = try MLSMessage(wireBytes: bytes.bytes)
      try expect(message.format == format, "\(name) is of another kind")
      try expect(message.wireBytes == bytes.bytes, name)
    }
    for (name, bytes, type) in [
      ("public_message_application", publicMessageApplication, ContentType.application),
      ("public_message_proposal", publicMessageProposal, .proposal),
      ("public_message_commit", publicMessageCommit, .commit),
    ] {
      guard let bytes, !bytes.bytes.isEmpty || type != .application else { continue }
      let message = try MLSMessage(wireBytes: bytes.bytes)
      guard case .publicMessage(let framed) = message else {
        throw VectorFailure(description: "\(name) is of another kind")
      }
      try expect(message.wireBytes == bytes.bytes, name)
      try expect(framed.content.body.type == type, "\(name) holds something else")
    }
    try roundTrip(UnverifiedRatchetTree.self, ratchetTree, "ratchet_tree")
    try roundTrip(Commit.self, commit, "commit")
    try expect(
      GroupSecrets(exposedBytes: groupSecrets.bytes).encodedExposingSecrets()
        == groupSecrets.bytes, "group_secrets")
    // The file holds each proposal's body; a Proposal is its type and the body.
    let proposals: [(String, HexBytes?, ProposalType)] = [
      ("add_proposal", addProposal, .add),
      ("update_proposal", updateProposal, .update),
      ("remove_proposal", removeProposal, .remove),
      ("pre_shared_key_proposal", preSharedKeyProposal, .preSharedKey),
      ("re_init_proposal", reInitProposal, .reInit),
      ("external_init_proposal", externalInitProposal, .externalInit),
      (
        "group_context_extensions_proposal", groupContextExtensionsProposal,
        .groupContextExtensions
      ),
    ]
    for (name, bytes, type) in proposals {
      guard let bytes, !bytes.bytes.isEmpty || type != .groupContextExtensions else { continue }
      let encoded = type.wireBytes + bytes.bytes
      let proposal = try Proposal(wireBytes: encoded)
      try expect(proposal.type == type && proposal.wireBytes == encoded, name)
    }
  }

  private func roundTrip<Value: WireCodable>(
    _ type: Value.Type, _ bytes: HexBytes, _ name: String
  ) throws {
    try expect(Value(wireBytes: bytes.bytes).wireBytes == bytes.bytes, name)
  }
}
