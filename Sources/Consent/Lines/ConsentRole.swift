// SPDX-License-Identifier: Apache-2.0

/// What an identity is to a relationship.
public enum ConsentRole: String, CaseIterable, Hashable, Sendable {
  /// Signed line 0.
  case therapist
  /// Signed the first grant.
  case client
  /// Named by an acknowledged consent to supervision; signs nothing.
  case supervisor
}
