// SPDX-License-Identifier: Apache-2.0

public import Certificates
public import Primitives

/// The keys of a profile, once they can be had.
///
/// A therapist has one device key, whose owner is the profile; asked for any owner, the vault answers with
/// that one. A client has an identity and a device key per relationship. Each change is durable when the
/// call returns, and is safe while other processes do the same.
public protocol KeyVault: Sendable {
  /// Whether this is a therapist's profile or a client's.
  var role: Role { get }

  /// Whose records are the profile's own: the list of people, the invitations.
  var profileOwner: KeyOwner { get }

  /// Every data key, the profile's among them; read again where another process has changed them.
  func dataKeys() throws(VaultError) -> [DataKey]

  /// Makes a data key for a new relationship; nothing, if there is one.
  func addRelationship(_ owner: KeyOwner) throws(VaultError)

  /// Makes a client's identity and first device key for a relationship, and seals the identity to the
  /// recovery key; the same again, if they are there. Makes the data key too.
  ///
  /// - Parameter relationship: the random id in the terms, bound into the sealed identity.
  func makeIdentity(
    for owner: KeyOwner, relationship: [UInt8], at time: Int64
  ) throws(VaultError) -> DeviceRecord

  /// The device that speaks for this profile in a relationship.
  func device(for owner: KeyOwner) throws(VaultError) -> DeviceRecord

  /// The private key of that device.
  func deviceKey(for owner: KeyOwner) throws(VaultError) -> Ed25519SigningKey

  /// A client's sealed identity, as it goes into the answer to an invitation.
  func sealedIdentity(for owner: KeyOwner) throws(VaultError) -> SealedIdentity

  /// Makes a new device key under the next serial; only the recovery words can certify it.
  func rotateDevice(
    for owner: KeyOwner, words: borrowing RecoveryWords, at time: Int64
  ) throws(VaultError) -> DeviceRecord

  /// Whether these words belong to this vault.
  func matches(_ words: borrowing RecoveryWords) throws(VaultError) -> Bool

  /// Forgets every key of a relationship. Copies of the file as it was still hold them, and open with the
  /// present master key until ``SealedVault/rekey(passphrase:profile:)``, with their passphrase for good.
  func removeRelationship(_ owner: KeyOwner) throws(VaultError)
}
