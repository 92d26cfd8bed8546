// SPDX-License-Identifier: Apache-2.0

/// A rule for a Commit, RFC 9420 section 12.4.
public enum CommitRule: Equatable, Sendable {
  case pathMissing
  case referenceInExternalCommit
  case confirmationTag
  case ownCommit
  case epochExhausted
}
