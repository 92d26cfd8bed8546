// SPDX-License-Identifier: Apache-2.0

extension ProposalCache {
  /// What a member commits of the proposals that wait, before those it makes itself, if all of them are
  /// valid.
  ///
  /// Of proposals that exclude each other RFC 9420 section 12.2 prefers a Remove over Updates, the
  /// latest Update over earlier ones, and anything over a ReInit. An Update of the committer's own gives way to the
  /// path; a Remove of the committer is left to the others.
  func committable(
    by committer: LeafIndex, beside byValue: [CommittedProposal]
  ) -> [CommittedProposal] {
    var chosen: [CommittedProposal] = []
    var touched: Set<LeafIndex> = []
    for case .remove(let remove) in byValue.map(\.proposal) { touched.insert(remove.removed) }
    var removed: Set<LeafIndex> = []
    for item in items {
      if case .remove(let remove) = item.proposal { removed.insert(remove.removed) }
    }
    var clients: Set<SignaturePublicKey> = []
    for case .add(let add) in byValue.map(\.proposal) {
      clients.insert(add.keyPackage.leafNode.signatureKey)
    }
    var extends = byValue.contains { $0.proposal.type == .groupContextExtensions }
    for item in items.reversed() {
      switch (item.proposal, item.sender) {
      case (.update, .member(let sender)):
        guard sender != committer, !removed.contains(sender), touched.insert(sender).inserted
        else { continue }
      case (.remove(let remove), _):
        guard remove.removed != committer, touched.insert(remove.removed).inserted else {
          continue
        }
      case (.add(let add), _):
        guard clients.insert(add.keyPackage.leafNode.signatureKey).inserted else { continue }
      case (.groupContextExtensions, _):
        guard !extends else { continue }
        extends = true
      default: break
      }
      chosen.append(item)
    }
    let waiting = Array(chosen.reversed())
    let others = waiting.filter { $0.proposal.type != .reInit }
    return others.isEmpty && byValue.isEmpty ? Array(waiting.prefix(1)) : others
  }
}
