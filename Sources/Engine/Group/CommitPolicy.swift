// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import MLS
internal import RelayProtocol

/// What this project takes of what MLS allows: DESIGN section 4.
///
/// A commit holds one group-context change with one consent line, or nothing but new keys. Additions and
/// removals need a line that permits them, and no kind of line of this version does.
struct CommitPolicy: Sendable {
  /// The ledger before the commit that is judged.
  let ledger: Ledger
  /// The lowest serials still taken, by identity.
  let floors: [IdentityKey: UInt64]

  init(ledger: Ledger, floors: [IdentityKey: UInt64]) {
    self.ledger = ledger
    self.floors = floors
  }

  /// A commit that is valid, and all it leads to.
  struct Accepted: Sendable {
    let group: MemberGroup
    let secrets: EpochSecrets
    let data: CommitData
    let line: UnverifiedLine?
    let serial: UInt64
  }

  enum Verdict: Sendable {
    case valid(Accepted)
    /// By this device's own leaf, though this store did not make it.
    case ownLeaf
    case identityChanged
    case invalid
  }

  /// Judges the changes of a commit that MLS has found valid.
  ///
  /// - Parameters:
  ///   - group: The epoch in which the commit was made.
  ///   - next: The epoch it leads to.
  ///   - nextLedger: The ledger with the line that the commit carries.
  func accepts(
    _ changes: CommitChanges, carrying line: UnverifiedLine?, from group: Group,
    into next: Group, under nextLedger: Ledger
  ) -> Bool {
    // A commit without a path gives no new secret.
    guard changes.committerLeaf != nil, changes.additions.isEmpty, changes.removals.isEmpty,
      changes.updates.isEmpty, changes.preSharedKeys.isEmpty, changes.reInit == nil
    else { return false }
    switch (line, changes.proposals.count) {
    case (nil, 0): break
    case (.some, 1): guard changes.extensions != nil else { return false }
    default: return false
    }
    // The place never changes. T, L and K are derived over its channel, so that two members with different
    // places would derive different locks from one epoch.
    guard let place = GroupContextPolicy.place(in: next.extensions, under: nextLedger) else {
      return false
    }
    return place == GroupContextPolicy.place(in: group.extensions, under: ledger)
  }
}
