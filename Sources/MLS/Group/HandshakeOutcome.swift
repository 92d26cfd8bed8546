// SPDX-License-Identifier: Apache-2.0

/// What a proposal or Commit of another comes to.
public enum HandshakeOutcome: Sendable {
  /// Verified and kept, so that a Commit can refer to it.
  case proposal(Proposal, sender: Sender, reference: ProposalRef)
  case commit(StagedCommit)
}
