// SPDX-License-Identifier: Apache-2.0

/// A proposal of a Commit, with who proposed it.
struct CommittedProposal: Sendable {
  var proposal: Proposal
  /// For a proposal by value the committer.
  var sender: Sender
  var reference: ProposalRef?

  /// Whether the signatures in it have been verified: what a reference leads to was let into the
  /// ``ProposalCache`` of this epoch by ``ProposalList/validate(_:from:in:direction:_:)``. All that depends on the
  /// time, the application or other proposals is judged again.
  var isVerified: Bool { reference != nil }

  var isRemove: Bool { proposal.type == .remove }
}
