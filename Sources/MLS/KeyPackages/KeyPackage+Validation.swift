// SPDX-License-Identifier: Apache-2.0

extension KeyPackage {
  /// The rules of RFC 9420 section 10.1, for a group of this suite.
  ///
  /// - Parameter isVerified: Both signatures have been verified before.
  func validate(
    suite: CipherSuite, direction: LeafNode.Direction, introducedBy event: CredentialEvent,
    isVerified: Bool = false, _ validation: Validation
  ) throws(MLSError) {
    // RFC 9420 §10.1
    guard version == .mls10 else { throw .invalidKeyPackage(.version) }
    // RFC 9420 §10.1
    guard cipherSuite == suite.number else { throw .invalidKeyPackage(.cipherSuite) }
    // RFC 9420 §10.1
    try leafNode.validate(
      .keyPackage, at: nil, suite: suite, direction: direction, introducedBy: event,
      isVerified: isVerified, validation)
    // RFC 9420 §10.1
    guard isVerified || verifySignature(suite: suite) else { throw .invalidKeyPackage(.signature) }
    // RFC 9420 §10.1
    guard initKey != leafNode.encryptionKey else {
      throw .invalidKeyPackage(.initKeyIsEncryptionKey)
    }
    // RFC 9420 §10
    try suite.validate(initKey)
    // RFC 9420 §13.4
    guard extensions.hasUniqueTypes else { throw .invalidExtensions(.duplicateType) }
    // That the leaf lists them binds whoever makes it, section 10: who does not know a type has to
    // ignore it, section 13.4, and those that this library knows need not be listed.
  }

  /// The suite of a KeyPackage, once all of RFC 9420 section 10.1 has been checked that can be
  /// without a group: for whoever received it and is about to add its owner.
  public func validated(_ validation: Validation) throws(MLSError) -> CipherSuite {
    guard let suite = CipherSuite(cipherSuite) else { throw .unsupportedCipherSuite }
    try validate(
      suite: suite, direction: .sending, introducedBy: .keyPackageToAdd, validation)
    return suite
  }
}
