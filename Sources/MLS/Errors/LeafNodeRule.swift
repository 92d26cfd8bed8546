// SPDX-License-Identifier: Apache-2.0

/// A rule for a leaf, RFC 9420 section 7.3.
public enum LeafNodeRule: Equatable, Sendable {
  case signature
  /// The application refused the credential, or its succession to the old one.
  case credential
  /// The end entity's certificate cannot be read, or is of another key than the leaf's; section 5.3.
  case certificateKey
  case source
  case lifetime
  case lifetimeTooLong
  case version
  case cipherSuite
  case ownCredentialTypeUnlisted
  case extensionUnlisted
  case requiredCapabilities
  case groupExtensionUnsupported
  case credentialTypeUnsupported
  case duplicateSignatureKey
  case duplicateEncryptionKey
  case encryptionKeyReused
}
