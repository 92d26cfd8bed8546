// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Why this module refused something.
///
/// Each rule of RFC 9420 that a message can break has its own case in one of the nested types. No case
/// carries bytes, keys or names. Whatever throws leaves the group as it was.
public enum MLSError: Error, Equatable, Sendable {
  /// The bytes are no message.
  case malformed(WireError)
  /// The cipher suite is not one of this library's, or not the group's.
  case unsupportedCipherSuite
  /// A key that nothing can be done with, or that does not belong to its other half.
  case invalidKey
  /// A ciphertext did not open; there is no telling why.
  case decryptionFailed
  /// The tree would grow beyond its bound, of places, or of bytes with the group's extensions.
  case treeTooLarge
  /// No member has this leaf index.
  case unknownMember
  /// A ratchet tree breaks a rule.
  case invalidTree(TreeRule)
  /// The path of a Commit breaks a rule.
  case invalidUpdatePath(UpdatePathRule)
  /// A leaf breaks a rule of RFC 9420 section 7.3.
  case invalidLeafNode(LeafNodeRule)
  /// A KeyPackage breaks a rule of RFC 9420 section 10.1.
  case invalidKeyPackage(KeyPackageRule)
  /// A list of extensions breaks a rule of RFC 9420 section 13.4.
  case invalidExtensions(ExtensionRule)
  /// A message breaks a rule of RFC 9420 section 6.
  case invalidMessage(MessageRule)
  /// A proposal, or the list of those in a Commit, breaks a rule of RFC 9420 sections 12.1 and 12.2.
  case invalidProposal(ProposalRule)
  /// A Commit breaks a rule of RFC 9420 section 12.4.
  case invalidCommit(CommitRule)
  /// A Welcome or GroupInfo breaks a rule of RFC 9420 section 12.4.3.
  case invalidWelcome(WelcomeRule)
  /// A pre-shared key is needed that the caller did not give.
  case missingPreSharedKey
  /// The message is of another group.
  case wrongGroup
  /// The message is of another epoch, whose keys are not held.
  case wrongEpoch
  /// The key of this generation is used up, or too far ahead to be derived.
  case messageKeyUnavailable
  /// The group's settings exclude this.
  case refusedBySettings(SettingsRule)
  /// The exporter secret of this epoch has been erased.
  case exporterErased
  /// The group has been closed by a ReInit.
  case groupInactive
  /// What was asked for does not fit what there is: a length, a count.
  case invalidArgument
}
