// SPDX-License-Identifier: Apache-2.0

/// Whether a Commit replaces its maker's keys where it need not.
public enum PathChoice: Hashable, Sendable {
  /// Always: each Commit heals a compromise of the committer.
  case always
  /// Only where RFC 9420 section 12.4 asks for it.
  case whenRequired
}
