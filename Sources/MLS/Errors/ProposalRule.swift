// SPDX-License-Identifier: Apache-2.0

/// A rule for proposals and their list, RFC 9420 sections 12.1 and 12.2.
public enum ProposalRule: Equatable, Sendable {
  case unknownReference
  case updateByCommitter
  case removesCommitter
  case removesBlank
  case multipleForLeaf
  case multipleAddsOfClient
  case addsExistingClient
  case duplicatePreSharedKey
  case multipleGroupContextExtensions
  case reInitNotAlone
  case reInitVersion
  case externalInitInMemberCommit
  case unsupportedType
  case pskUsage
  case pskNonceLength
  /// More pre-shared keys than a `uint16` counts.
  case tooManyPreSharedKeys
  /// More proposals in one epoch than are kept, 4,096 and 16 MiB.
  case tooManyProposals
  case updateSender
  case externalSenderType
  case externalCommitContents
}
