// SPDX-License-Identifier: Apache-2.0

/// By what a credential enters a group: the list of RFC 9420 section 5.3.1.
public enum CredentialEvent: Hashable, Sendable {
  /// A KeyPackage that this client is about to propose.
  case keyPackageToAdd
  /// The tree of a group that this client joins.
  case joining
  /// An Add proposal of somebody else: a member, an external sender or the new member itself. RFC 9420
  /// section 12.1.8 has Adds from outside be invalid where nobody authorised them.
  case addProposal(from: Sender)
  /// An Update proposal with a new credential.
  case updateProposal
  /// The path of a Commit with a new credential.
  case commit
  /// The `external_senders` extension, added or changed.
  case externalSender
}
