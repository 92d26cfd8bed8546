// SPDX-License-Identifier: Apache-2.0

/// A rule for a KeyPackage, RFC 9420 section 10.1.
public enum KeyPackageRule: Equatable, Sendable {
  case version
  case cipherSuite
  case signature
  case initKeyIsEncryptionKey
  case extensionUnlisted
}
