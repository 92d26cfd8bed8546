// SPDX-License-Identifier: Apache-2.0

/// A proposal of a Commit, with who proposed it.
struct CommittedProposal: Sendable {
  var proposal: Proposal
  /// For a proposal by value the committer.
  var sender: Sender
  var reference: ProposalRef?
}
