// SPDX-License-Identifier: Apache-2.0

import Primitives

/// A Commit of one's own as far as it can be judged: its proposals applied, its path in the tree, all
/// of it checked, and nothing signed or encrypted yet.
struct PreparedCommit {
  let list: ProposalList
  let outcome: ProposalList.Outcome
  /// Of the outcome's tree.
  let treeHash: [UInt8]
  let path: StagedPath?
  /// Who signs from the next epoch on.
  let signer: SignatureKey
  let pskSecret: SharedSecret
}
