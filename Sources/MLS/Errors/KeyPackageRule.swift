// SPDX-License-Identifier: Apache-2.0

/// A rule for a KeyPackage, RFC 9420 sections 10 and 10.1.
public enum KeyPackageRule: Equatable, Sendable {
  case version
  case cipherSuite
  case signature
  case initKeyIsEncryptionKey
  /// Of one's own alone: in a received one, unknown extensions are ignored.
  case extensionUnlisted
}
