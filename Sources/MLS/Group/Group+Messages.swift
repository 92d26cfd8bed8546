// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Protecting and unprotecting, RFC 9420 sections 6 and 15.
extension Group {
  /// Encrypts application data to the group.
  ///
  /// - Parameters:
  ///   - authenticatedData: Travels in the clear, bound to the message.
  ///   - padding: Zero bytes that hide the length.
  public mutating func protect(
    _ data: [UInt8], authenticatedData: [UInt8] = [], padding: Int = 0, random: some RandomSource
  ) throws(MLSError) -> MLSMessage {
    // RFC 9420 §12.4: who has seen a proposal commits before it sends data.
    guard proposals.isEmpty else { throw .invalidMessage(.proposalsPending) }
    return try protectBesideProposals(
      data, authenticatedData: authenticatedData, padding: padding, random: random)
  }

  /// The same while proposals wait, for who has sent a Commit of them and not seen it accepted.
  ///
  /// RFC 9420 section 12.4 asks for that Commit and no more. Whoever it removes still reads the
  /// message, which section 15.2 means to prevent; so this is for driving the protocol alone.
  package mutating func protectBesideProposals(
    _ data: [UInt8], authenticatedData: [UInt8], padding: Int = 0, random: some RandomSource
  ) throws(MLSError) -> MLSMessage {
    try requireActive()
    try Self.requireShort(data.count, authenticatedData.count, padding)
    let content = FramedContent(
      groupID: id, epoch: epoch, sender: .member(ownLeaf), authenticatedData: authenticatedData,
      body: .application(data))
    let message = try AuthenticatedContent(
      signing: content, wireFormat: .privateMessage, context: encodedContext, with: signatureKey)
    return .privateMessage(try encrypt(message, padding: padding, random: random))
  }

  /// Opens an application message and verifies its sender.
  ///
  /// Its key is gone afterwards: the same message does not open twice. One that decrypts and is refused
  /// all the same (its signature, its padding) leaves the group as it was, the key too: such a message is an
  /// insider's, who had the key.
  public mutating func unprotect(_ message: MLSMessage) throws(MLSError) -> ApplicationMessage {
    guard case .privateMessage(let sealed) = message, sealed.contentType == .application else {
      throw .invalidMessage(.kind)
    }
    guard sealed.groupID == id else { throw .wrongGroup }
    if sealed.epoch != epoch {
      return try unprotectLate(sealed)
    }
    let (content, staged) = try open(sealed)
    guard let sender = content.content.memberSender, let leaf = tree[sender] else {
      throw .invalidMessage(.blankSender)
    }
    // RFC 9420 §6.1
    guard
      content.verifySignature(by: leaf.signatureKey, suite: suite, context: encodedContext)
    else { throw .invalidMessage(.signature) }
    let message = try ApplicationMessage(content.content, sender: sender, leaf: leaf)
    secretTree.consume(staged)
    return message
  }

  private mutating func unprotectLate(
    _ sealed: PrivateMessage
  ) throws(MLSError) -> ApplicationMessage {
    guard let place = pastEpochs.firstIndex(where: { $0.epoch == sealed.epoch }) else {
      throw .wrongEpoch
    }
    let past = pastEpochs[place]
    let senderData = try sealed.senderData(secret: past.senderData, suite: suite)
    // RFC 9420 §6.3.2
    guard let leaf = past.leaves[senderData.leafIndex] else {
      throw .invalidMessage(.blankSender)
    }
    // The key of one's own message was consumed when it was sent.
    guard senderData.leafIndex != ownLeaf else { throw .invalidMessage(.ownMessage) }
    let staged = try past.secretTree.stage(
      .application, of: senderData.leafIndex, generation: senderData.generation,
      settings: settings)
    let content = try sealed.content(from: senderData, key: staged.key, suite: suite)
    // RFC 9420 §6.1
    guard
      content.verifySignature(by: leaf.signatureKey, suite: suite, context: past.encodedContext)
    else { throw .invalidMessage(.signature) }
    let message = try ApplicationMessage(content.content, sender: senderData.leafIndex, leaf: leaf)
    pastEpochs[place].secretTree.consume(staged)
    return message
  }

  // MARK: For all kinds of content

  /// Refuses what no length header could say: together at most 2^29 bytes, so that the frames around
  /// fit as well.
  ///
  /// Every key encrypts one message, that of the sender's data with it; so this is also all that is ever encrypted
  /// with one key, and 2^25 blocks are far below what the suites' AEADs bear.
  static func requireShort(_ lengths: Int...) throws(MLSError) {
    // RFC 9420 §15.2
    var total = 0
    for length in lengths {
      guard length >= 0, length <= 1 << 29 else { throw .invalidArgument }
      total += length
    }
    guard total <= 1 << 29 else { throw .invalidArgument }
  }

  /// Encrypts with the next key of one's own ratchet, and consumes it.
  mutating func encrypt(
    _ message: AuthenticatedContent, padding: Int, random: some RandomSource
  ) throws(MLSError) -> PrivateMessage {
    let staged = try secretTree.stage(
      SecretTree.Kind(message.content.body.type), of: ownLeaf, generation: nil, settings: settings)
    let sealed = try PrivateMessage(
      protecting: message, key: staged.key, senderDataSecret: keys.senderData,
      // RFC 9420 §6.3.1
      reuseGuard: random.bytes(4), padding: padding, suite: suite)
    secretTree.consume(staged)
    return sealed
  }

  /// Decrypts a message of this epoch; its signature is still to be verified and its key to be
  /// consumed.
  func open(
    _ sealed: PrivateMessage
  ) throws(MLSError) -> (AuthenticatedContent, SecretTree.Staged) {
    let senderData = try sealed.senderData(secret: keys.senderData, suite: suite)
    // RFC 9420 §6.3.2
    guard tree[senderData.leafIndex] != nil else { throw .invalidMessage(.blankSender) }
    // The key of one's own message was consumed when it was sent.
    guard senderData.leafIndex != ownLeaf else { throw .invalidMessage(.ownMessage) }
    let staged = try secretTree.stage(
      SecretTree.Kind(sealed.contentType), of: senderData.leafIndex,
      generation: senderData.generation, settings: settings)
    let content = try sealed.content(from: senderData, key: staged.key, suite: suite)
    return (content, staged)
  }
}

extension FramedContent {
  /// The sender's leaf, if a member sent it.
  var memberSender: LeafIndex? {
    if case .member(let leaf) = sender { leaf } else { nil }
  }
}

extension ApplicationMessage {
  fileprivate init(
    _ content: FramedContent, sender: LeafIndex, leaf: LeafNode
  ) throws(MLSError) {
    guard case .application(let data) = content.body else { throw .invalidMessage(.kind) }
    self.init(
      sender: sender, senderLeaf: leaf, epoch: content.epoch, data: data,
      authenticatedData: content.authenticatedData)
  }
}
