// SPDX-License-Identifier: Apache-2.0

/// A rule for the path of a Commit, RFC 9420 sections 7.5, 7.6 and 12.4.2.
public enum UpdatePathRule: Equatable, Sendable {
  case length
  case reusedKey
  case parentHash
  case ciphertextCount
  case keyMismatch
  case notForThisMember
  /// A path secret of another length than the suite's hash.
  case secretLength
  /// A Welcome without the path secret that its tree calls for.
  case pathSecretMissing
}
