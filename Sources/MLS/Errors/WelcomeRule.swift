// SPDX-License-Identifier: Apache-2.0

/// A rule for joining, RFC 9420 section 12.4.3.
public enum WelcomeRule: Equatable, Sendable {
  case notForThisKeyPackage
  case cipherSuite
  case version
  case signature
  case signer
  case treeMissing
  case ownLeafMissing
  case confirmationTag
  case groupIDInUse
  case unsupportedExtension
  case preSharedKeys
  /// A joiner secret of another length than the suite's hash.
  case secretLength
  case resumptionEpoch
  case externalPubMissing
  /// The group that was given as the predecessor is not the one that the Welcome names.
  case predecessor
  case reInitMismatch
  case branchMismatch
}
