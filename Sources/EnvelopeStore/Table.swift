// SPDX-License-Identifier: Apache-2.0

/// The kinds of record that a profile keeps.
///
/// A record is found by its table, its owner and its row key. The owner is the random id of the
/// profile for the first few tables and the random id of a relationship for all others, and decides
/// under which data key a record is sealed. Numbers are stored and never given twice.
public enum Table: UInt8, CaseIterable, Sendable {

  // Owned by the profile.

  /// What the profile is: name, role, identities, settings. Row key: a number.
  case profile = 1
  /// One row per relationship: who, where, in which state. Row key: relationship id.
  case relationship = 2
  /// Invitations made and invitations being answered. Row key: a random id.
  case invitation = 3
  /// Postage: asked for, held, or bound to the channel that it buys. Row key: random.
  case postage = 4
  /// Data keys made for a relationship that nothing names yet, and when. Row key: relationship id.
  case reservation = 5
  /// Whose records were erased here, so that their keys are to be destroyed. Row key: relationship id.
  case erased = 6

  // Owned by a relationship: the group and its channel.

  /// The MLS group of the present epoch, whole. Row key: ``RecordKey/only``.
  case group = 16
  /// The staged commit, with its next state and what its acceptance releases. ``RecordKey/only``.
  case stagedCommit = 17
  /// The relay, the channel, the cursor, the chain, the incarnation. ``RecordKey/only``.
  case channel = 18
  /// T, L and K of an epoch that can still be needed. Row key: epoch.
  case epochSecrets = 19
  /// The ledger head to which an epoch was bound, kept for the audit. Row key: epoch.
  case epochHead = 20
  /// When this device next turns the lock. ``RecordKey/only``.
  case schedule = 21

  // Owned by a relationship: what is under way.

  /// Envelopes posted or about to be, byte for byte, until they are read back. Row key: envelope id.
  case pending = 32
  /// Content that waits for an epoch in which it can be sealed. Row key: sequence number.
  case outbox = 33
  /// Consent lines signed here that have not landed. Row key: sequence number.
  case waitingLine = 34
  /// Ids of all own envelopes ever made. Row key: envelope id.
  case ownEnvelope = 35
  /// Envelopes own and received, for a relay that has lost them. Row key: position.
  case tail = 36
  /// Inner ids received, so that nothing is delivered twice. Row key: inner id.
  case receivedInner = 37

  // Owned by a relationship: what people read.

  /// Messages sent and received. Row key: local sequence number.
  case message = 48
  /// Lines of the consent ledger. Row key: index.
  case consentLine = 49
  /// What arrived and was not covered by the consent in force. Row key: position.
  case quarantine = 50
  /// Envelopes that did not open. Row key: position.
  case unopened = 51
  /// How far the other members last confirmed to have read. Row key: random or leaf.
  case confirmation = 52
  /// Why a relationship cannot go on: a fork, a broken turn, a copy. Row key: sequence number.
  case alarm = 53
  /// The client's identity, sealed to words on paper, kept by the therapist. ``RecordKey/only``.
  case sealedIdentity = 54
  /// Small facts about a relationship that have no table of their own. Row key: a number.
  case note = 55
  /// The relay's word for turns that carried a consent line. Row key: the line's index.
  case receipt = 56
}
