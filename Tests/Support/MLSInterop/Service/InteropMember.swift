// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

/// What is behind a `state_id`: a member of a group, whose epoch advances under the same id.
struct InteropMember {
  var group: Group
  /// What this member shows of itself where it founds another group.
  let parameters: LeafParameters
  var keys: InteropKeys
  /// A Commit of its own, until it is handled or another one is.
  var pending: PendingCommit?
  /// The proposals of this epoch, by the bytes that they travelled in.
  var known: [[UInt8]: ProposalRef] = [:]
  /// Whether it has seen the Commit that removes it.
  var isRemoved = false

  init(group: Group, parameters: LeafParameters, keys: InteropKeys) {
    self.group = group
    self.parameters = parameters
    self.keys = keys
  }

  /// Goes over to the next epoch.
  mutating func advance(to next: Group) {
    group = next
    pending = nil
    known = [:]
  }

  /// Whether a Commit of its own waits that takes all proposals of this epoch.
  var hasCommittedAll: Bool {
    guard let pending else { return false }
    return group.pendingProposals.allSatisfy { pending.changes.proposals.contains($0.proposal) }
  }

  /// The place of the member with this identity.
  func leaf(of identity: [UInt8]) throws -> LeafIndex {
    try InteropScene(group).leaf(of: identity)
  }
}

/// External pre-shared keys of a client.
struct InteropKeys: PreSharedKeyStore {
  var external: [[UInt8]: SharedSecret] = [:]

  func externalKey(id: [UInt8]) -> SharedSecret? { external[id] }
  func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? { nil }
}

/// What is behind a `transaction_id`: a client that waits for a Welcome.
struct InteropNewcomer {
  let package: OwnKeyPackage
  let parameters: LeafParameters
  var keys = InteropKeys()
}

/// What is behind a `reinit_id`: a member of a closed group, with its KeyPackage for the next.
struct InteropSuccession {
  let old: InteropMember
  let newcomer: InteropNewcomer
}

/// What is behind a `signer_id`: somebody outside, who proposes.
struct InteropSigner {
  let signatureKey: SignatureKey
}
