// SPDX-License-Identifier: Apache-2.0

/// Proposals of those who are not in the group, RFC 9420 section 12.1.8.
extension MLSMessage {
  /// A proposal of a sender whom the group lists in its `external_senders` extension.
  ///
  /// - Parameter senderIndex: The sender's place in that list.
  public static func externalProposal(
    _ proposal: Proposal, groupID: GroupID, epoch: Epoch, senderIndex: UInt32,
    signer: SignatureKey
  ) throws(MLSError) -> MLSMessage {
    // RFC 9420 §12.1.8
    guard proposal.type.isAllowedForExternalSenders else {
      throw .invalidProposal(.externalSenderType)
    }
    try proposal.requireNoReserved()
    return try proposalFromOutside(
      proposal, groupID, epoch, .external(index: senderIndex), signer)
  }

  /// A client's own proposal to be added.
  public static func newMemberProposal(
    _ keyPackage: OwnKeyPackage, groupID: GroupID, epoch: Epoch
  ) throws(MLSError) -> MLSMessage {
    try proposalFromOutside(
      .add(keyPackage.keyPackage), groupID, epoch, .newMemberProposal, keyPackage.signatureKey)
  }

  /// RFC 9420 section 12.1.8: always a PublicMessage, since its sender has no keys of the group.
  private static func proposalFromOutside(
    _ proposal: Proposal, _ groupID: GroupID, _ epoch: Epoch, _ sender: Sender,
    _ signer: SignatureKey
  ) throws(MLSError) -> MLSMessage {
    let message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: groupID, epoch: epoch, sender: sender, authenticatedData: [],
        body: .proposal(proposal)),
      wireFormat: .publicMessage, context: [], with: signer)
    return .publicMessage(
      PublicMessage(content: message.content, auth: message.auth, membershipTag: nil))
  }
}
