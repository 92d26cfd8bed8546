// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Proposals sent on their own, for anybody to commit; RFC 9420 section 12.1.
extension Group {
  /// The proposals of this epoch that a Commit may refer to, one's own among them, in the order of
  /// their arrival.
  public var pendingProposals: [PendingProposal] {
    proposals.items.compactMap { item in
      item.reference.map {
        PendingProposal(proposal: item.proposal, sender: item.sender, reference: $0)
      }
    }
  }

  /// Forgets a proposal that waits, so that no Commit of one's own covers it and nothing waits for it.
  ///
  /// The others have it still: a Commit of theirs that refers to it cannot be followed any more.
  /// For what the application takes for invalid: who drops a valid proposal to send data sends it to
  /// those too whose removal was proposed, which RFC 9420 section 12.4 forbids.
  public mutating func dropProposal(_ reference: ProposalRef) throws(MLSError) {
    try proposals.remove(reference)
  }

  /// Proposes a change of the group, once it has stood up to what the others check when it arrives.
  ///
  /// An Update has its own function, ``proposeUpdate(_:authenticatedData:validation:random:)``.
  public mutating func propose(
    _ proposal: Proposal, authenticatedData: [UInt8] = [], validation: Validation,
    random: some RandomSource
  ) throws(MLSError) -> MLSMessage {
    if case .update = proposal { throw .invalidProposal(.updateSender) }
    try proposal.requireNoReserved()
    try ProposalList.validate(
      proposal, from: .member(ownLeaf), in: self, direction: .sending, validation)
    return try send(proposal, authenticatedData, random)
  }

  /// Proposes to replace this member's leaf: keys, and what it shows of itself if anything is given.
  public mutating func proposeUpdate(
    _ parameters: LeafParameters? = nil, authenticatedData: [UInt8] = [], validation: Validation,
    random: some RandomSource
  ) throws(MLSError) -> MLSMessage {
    let signer = parameters?.signatureKey ?? signatureKey
    // RFC 9420 §5.1.2
    guard signer.suite == suite else { throw .unsupportedCipherSuite }
    let leafKeys = try suite.generateKeyPair(from: random)
    let publicKey = HPKEPublicKey(leafKeys.publicKey)
    var contents = ownLeafNode.contents
    contents.encryptionKey = publicKey
    contents.source = .update
    if let parameters {
      contents = LeafNodeContents(
        encryptionKey: publicKey, parameters: parameters, source: .update, random: random)
    }
    let place = LeafNode.Place(groupID: id, leafIndex: ownLeaf)
    let leaf = try LeafNode(signing: contents, for: place, with: signer)
    try leaf.validate(
      .update(ownLeafNode), at: place, suite: suite, direction: .sending,
      introducedBy: .updateProposal, validation)
    try leaf.capabilities.requireOwnSupport(of: [], credentials: [leaf.credential.type])
    var next = self
    let message = try next.send(.update(Update(leafNode: leaf)), authenticatedData, random)
    next.proposals.insert(
      ProposalCache.OwnUpdate(
        encryptionKey: publicKey, leafKey: leafKeys.privateKey, signatureKey: signer.privateKey))
    self = next
    return message
  }

  private mutating func send(
    _ proposal: Proposal, _ authenticatedData: [UInt8], _ random: some RandomSource
  ) throws(MLSError) -> MLSMessage {
    try requireActive()
    try Self.requireShort(authenticatedData.count)
    guard settings.proposalsByReference == .accept else {
      throw .refusedBySettings(.proposalByReference)
    }
    let message = try AuthenticatedContent(
      signing: FramedContent(
        groupID: id, epoch: epoch, sender: .member(ownLeaf), authenticatedData: authenticatedData,
        body: .proposal(proposal)),
      wireFormat: settings.handshakeFormat == .privateMessage ? .privateMessage : .publicMessage,
      context: encodedContext, with: signatureKey)
    var next = self
    try next.proposals.insert(
      proposal, from: .member(ownLeaf), as: message.proposalReference(suite: suite))
    let sealed = try next.protect(message, padding: 0, random: random)
    self = next
    return sealed
  }
}
