// SPDX-License-Identifier: Apache-2.0

/// Why the vault refuses.
public enum VaultError: Error, Equatable, Sendable {
  /// There is no vault at this place.
  case missing
  /// There is one already, and its keys exist nowhere else.
  case exists
  /// The file is whole and this passphrase, or vault key, does not open it.
  case wrongPassphrase
  /// A passphrase of no characters.
  case emptyPassphrase
  /// Some byte of the file is not what was written.
  case damaged
  /// A later version wrote the file.
  case newerVersion
  /// Somebody else may read or replace the file or its folder.
  case openToOthers
  /// Another process held the vault for longer than the patience.
  case busy
  /// The vault has no such key.
  case noKey
  /// These words are not the ones of this vault.
  case wrongRecoveryWords
  /// A therapist's profile has no identities of relationships, and a client's no identity of its own.
  case wrongRole
  /// The disk is full.
  case noSpace
  /// The system gives no more memory.
  case outOfMemory
  /// The file cannot be read or written.
  case unavailable
}
