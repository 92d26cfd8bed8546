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
  case resumptionEpoch
  case externalPubMissing
  case reInitMismatch
  case branchMismatch
}
