// SPDX-License-Identifier: Apache-2.0

/// What an entry of a vault holds; one byte in the file.
enum VaultEntryKind: UInt8, Sendable {
  /// Role and recovery key; its owner is the profile.
  case profile = 1
  /// 32 bytes that seal the records of the owner.
  case dataKey = 2
  /// The Ed25519 seed of the owner's device key.
  case deviceSeed = 3
  /// The certificate of that key, and when it was made.
  case device = 4
  /// A client's identity for the owner's relationship, sealed to the recovery key.
  case sealedIdentity = 5
}
