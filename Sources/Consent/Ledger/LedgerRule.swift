// SPDX-License-Identifier: Apache-2.0

/// The rules by which a ledger takes a line; each is a pure function of the lines before it.
public enum LedgerRule: Error, Equatable, Sendable {
  /// Line 0 is a `terms` without `seen`, with a certificate, and nothing else.
  case foundingLine
  /// A line of another relationship.
  case relationship
  /// A line that the ledger already holds.
  case repeated
  /// A line after line 0 names the head that its author saw.
  case seenMissing
  /// Valid only directly on the head it saw: it lost its race.
  case dead
  /// Dated before the line it was signed upon.
  case time
  /// A key that no certificate in the ledger or the line introduces.
  case unknownKey
  /// The certificate in the line is for another key than the one that signed.
  case certificateForAnotherKey
  /// Only the first line signed by a device key carries its certificate.
  case certificateRepeated
  /// A device key under a serial that does not exceed one already seen from that identity.
  case serial
  /// This kind is not for this author to sign.
  case author
  /// `void` names a line that is in the ledger.
  case voidNamesLine
  /// The kind has no place in the present phase of the relationship.
  case phase(ConsentPhase)
  /// `grant` on terms that were already answered.
  case termsAnswered
  /// The form hash of the grant is not that of the terms it answers.
  case formHash
  /// `acknowledge` names another line than the newest one that waits for it.
  case acknowledgesAnother
  /// The ledger has as many lines or bytes as it may have, and this one takes nothing away.
  case full
}
