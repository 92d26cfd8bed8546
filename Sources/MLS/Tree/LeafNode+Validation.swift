// SPDX-License-Identifier: Apache-2.0

extension LeafNode {
  /// Where a leaf turns up, which decides what it must be; RFC 9420 section 7.3.
  enum Occasion {
    /// In a KeyPackage.
    case keyPackage
    /// In an Update proposal, to replace this leaf.
    case update(LeafNode)
    /// In the path of a Commit, to replace this leaf; nil in an external Commit that resumes nobody's.
    case commit(LeafNode?)
    /// In the tree of a group that is joined.
    case tree
  }

  /// Whether the leaf is in something of one's own, or of others.
  enum Direction {
    case sending, receiving
  }

  /// The rules of RFC 9420 section 7.3 that concern a leaf by itself. Those on how it stands to the
  /// other leaves are ``RatchetTree/validateCompatibility(of:extensions:)``.
  ///
  /// - Parameters:
  ///   - place: Where in the group it stands; nil for a KeyPackage.
  ///   - isVerified: Its signature has been verified at this place before.
  func validate(
    _ occasion: Occasion, at place: Place?, suite: CipherSuite, direction: Direction,
    introducedBy event: CredentialEvent, isVerified: Bool = false, _ validation: Validation
  ) throws(MLSError) {
    try validateSource(occasion)
    // RFC 9420 §7.3
    guard isVerified || verifySignature(suite: suite, place: place) else {
      throw .invalidLeafNode(.signature)
    }
    try validateLifetime(direction, validation)
    try validateContents(suite: suite)
    try validateCredential(replacing: occasion.replaced, event, validation)
  }

  /// The source, and that a replacement has a key of its own.
  private func validateSource(_ occasion: Occasion) throws(MLSError) {
    switch (occasion, source) {
    case (.keyPackage, .keyPackage), (.update, .update), (.commit, .commit), (.tree, _): break
    // RFC 9420 §7.3
    default: throw .invalidLeafNode(.source)
    }
    // RFC 9420 §7.3
    guard encryptionKey != occasion.replaced?.encryptionKey else {
      throw .invalidLeafNode(.encryptionKeyReused)
    }
  }

  private func validateLifetime(
    _ direction: Direction, _ validation: Validation
  ) throws(MLSError) {
    guard case .keyPackage(let lifetime) = source else { return }
    // RFC 9420 §7.2
    guard let duration = lifetime.duration, duration <= validation.maximumLifetime else {
      throw .invalidLeafNode(.lifetimeTooLong)
    }
    if direction == .receiving, validation.receivedLifetimes == .ignore { return }
    // RFC 9420 §7.3
    guard lifetime.contains(validation.now) else { throw .invalidLeafNode(.lifetime) }
  }

  /// What the leaf says of itself hangs together.
  func validateContents(suite: CipherSuite) throws(MLSError) {
    // RFC 9420 §5.1.1
    try suite.validate(encryptionKey)
    // RFC 9420 §7.3
    guard capabilities.versions.contains(.mls10) else { throw .invalidLeafNode(.version) }
    // RFC 9420 §7.3
    guard capabilities.cipherSuites.contains(suite.number) else {
      throw .invalidLeafNode(.cipherSuite)
    }
    // RFC 9420 §7.2
    guard capabilities.supports(credential.type) else {
      throw .invalidLeafNode(.ownCredentialTypeUnlisted)
    }
    // RFC 9420 §5.3, RFC 9420 §5.1.2
    guard credential.fits(signatureKey, of: suite.signatureScheme) else {
      throw .invalidLeafNode(.certificateKey)
    }
    // RFC 9420 §13.4
    guard extensions.hasUniqueTypes else { throw .invalidExtensions(.duplicateType) }
    // RFC 9420 §7.3
    guard capabilities.supports(all: extensions.map(\.type)) else {
      throw .invalidLeafNode(.extensionUnlisted)
    }
  }

  /// The application's judgement; a leaf that keeps credential and key has been judged before.
  private func validateCredential(
    replacing old: LeafNode?, _ event: CredentialEvent, _ validation: Validation
  ) throws(MLSError) {
    if let old {
      guard old.credential != credential || old.signatureKey != signatureKey else { return }
      // RFC 9420 §5.3.1
      guard
        validation.credentials.acceptsSuccession(
          from: (old.credential, old.signatureKey), to: (credential, signatureKey))
      else { throw .invalidLeafNode(.credential) }
    }
    // RFC 9420 §5.3.1
    guard
      validation.credentials.accepts(
        credential, signatureKey: signatureKey, introducedBy: event)
    else { throw .invalidLeafNode(.credential) }
  }
}

extension LeafNode.Occasion {
  /// The leaf that is replaced.
  fileprivate var replaced: LeafNode? {
    switch self {
    case .update(let old): old
    case .commit(let old): old
    case .keyPackage, .tree: nil
    }
  }
}
