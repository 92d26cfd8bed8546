// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import MLS
internal import Primitives
internal import WireFormat

/// An answer to an invitation of which everything has been checked that can be checked by itself.
struct CheckedAnswer {
  let suite: CipherSuite
  /// The ledger of terms and grant.
  let ledger: Ledger
  let device: VerifiedDevice
  let keyPackage: KeyPackage
  /// For the therapist's store: it brings the client back after a lost disk.
  let sealedIdentity: [UInt8]

  /// Opens an answer and holds its parts against each other: the certified identity, the grant, the key
  /// package that the grant names and the leaf in it must all be of one person.
  init(_ answer: SealedAnswer, _ invitation: InvitationRecord, now: Int64) throws {
    let offer = try OfferBody(wireBytes: invitation.offer)
    guard let suite = CipherSuite(rawValue: offer.suite),
      let body = answer.open(invitation.key, offer: invitation.offer)
    else { throw EngineError(.offerInvalid) }
    self.suite = suite
    sealedIdentity = body.sealedIdentity
    device = try DeviceCertificate(body.certificate).verify()

    var ledger = try Ledger(founding: try UnverifiedLine(offer.terms))
    try ledger.append(try UnverifiedLine(body.grant))
    guard case .grant(let grant) = ledger.last.body,
      device.role == .client, ledger.last.author.identity == device.identity,
      ledger.last.author.device == device.device
    else { throw EngineError(.offerInvalid) }
    self.ledger = ledger

    keyPackage = try KeyPackage(wireBytes: body.keyPackage)
    guard grant.keyPackage == keyPackage.reference(suite: suite).bytes,
      let leaf = LeafIdentity(
        keyPackage.leafNode, relationship: ledger.relationship.bytes),
      leaf.device == device
    else { throw EngineError(.offerInvalid) }
    // An answer signed after the invitation's end is none.
    guard grant.validUntil > ConsentTime(clamping: now),
      ledger.last.time <= ConsentTime(clamping: invitation.expires).adding(seconds: 600)
    else { throw EngineError(.offerInvalid) }
  }
}
