// SPDX-License-Identifier: Apache-2.0

/// By what a credential enters a group: the list of RFC 9420 section 5.3.1.
public enum CredentialEvent: Hashable, Sendable {
  /// A KeyPackage that this client is about to propose.
  case keyPackageToAdd
  /// The tree of a group that this client joins.
  case joining
  /// An Add proposal of somebody else.
  case addProposal
  /// An Update proposal with a new credential.
  case updateProposal
  /// The path of a Commit with a new credential.
  case commit
  /// The `external_senders` extension, added or changed.
  case externalSender
}
