// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import MLS
internal import Synchronization

/// Who may be in the group: every leaf must chain to an identity that the ledger names, under a serial not
/// below one already seen. Membership is consent, whatever its phase.
///
/// No clock is asked, so that every member finds the same (DESIGN section 8).
struct ChainValidator: CredentialValidator {
  /// The relationship that leaf certificates are made for.
  let relationship: [UInt8]
  /// Each identity that may be a member, with the lowest serial that is taken.
  let members: [IdentityKey: UInt64]
  private let strangers = Strangers()

  /// Remembers whether a whole chain led to an identity that is not in the ledger.
  private final class Strangers: Sendable {
    let seen = Mutex(false)
  }

  init(ledger: Ledger, floors: [IdentityKey: UInt64] = [:]) {
    relationship = ledger.relationship.bytes
    var members: [IdentityKey: UInt64] = [:]
    for member in ledger.members {
      members[member.identity] = max(member.lowestSerial?.value ?? 0, floors[member.identity] ?? 0)
    }
    self.members = members
  }

  /// For leaves that stand in a group already: a device that has been replaced signs nothing new, and its
  /// last leaf stays until the next commit of its owner.
  init(standingUnder ledger: Ledger) {
    relationship = ledger.relationship.bytes
    members = Dictionary(ledger.members.map { ($0.identity, 0) }) { first, _ in first }
  }

  /// Whether somebody was refused whose chain holds, but whose identity nobody consented to.
  var sawStranger: Bool { strangers.seen.withLock { $0 } }

  func accepts(
    _ credential: Credential, signatureKey: SignaturePublicKey, introducedBy event: CredentialEvent
  ) -> Bool {
    guard let leaf = LeafIdentity(credential, signatureKey, relationship: relationship) else {
      return false
    }
    guard let floor = members[leaf.identity] else {
      strangers.seen.withLock { $0 = true }
      return false
    }
    return leaf.serial >= floor
  }

  /// A member's next leaf is of the same identity, and not of an older device.
  func acceptsSuccession(
    from old: (credential: Credential, signatureKey: SignaturePublicKey),
    to new: (credential: Credential, signatureKey: SignaturePublicKey)
  ) -> Bool {
    guard
      let before = LeafIdentity(old.credential, old.signatureKey, relationship: relationship),
      let after = LeafIdentity(new.credential, new.signatureKey, relationship: relationship)
    else { return false }
    if before.identity != after.identity { strangers.seen.withLock { $0 = true } }
    return before.identity == after.identity && before.serial <= after.serial
  }

  /// One leaf per identity: a person's second device is not part of this version. What names none is of
  /// one client, and accepted nowhere.
  func client(of credential: Credential) -> ClientID? {
    ClientID(identity(credential)?.bytes ?? [])
  }

  private func identity(_ credential: Credential) -> IdentityKey? {
    guard case .other(.alcove, let body) = credential else { return nil }
    return LeafIdentity.claimedIdentity(body)
  }
}
