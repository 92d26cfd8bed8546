// SPDX-License-Identifier: Apache-2.0

/// A rule for the path of a Commit, RFC 9420 sections 7.5, 7.6 and 12.4.2.
public enum UpdatePathRule: Equatable, Sendable {
  case length
  case reusedKey
  case parentHash
  case ciphertextCount
  case keyMismatch
  case notForThisMember
}
