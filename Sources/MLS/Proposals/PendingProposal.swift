// SPDX-License-Identifier: Apache-2.0

/// A proposal that was sent on its own and waits for a Commit.
public struct PendingProposal: Hashable, Sendable {
  public let proposal: Proposal
  public let sender: Sender
  /// What a Commit calls it.
  public let reference: ProposalRef
}
