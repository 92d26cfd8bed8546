// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Primitives

/// Certifies device keys, for every kind of vault.
enum DeviceMaking {
  /// A client's first device in a relationship, under an identity that is sealed and then gone.
  static func forClient(
    _ identity: borrowing Ed25519SigningKey, _ device: borrowing Ed25519SigningKey,
    at time: Int64
  ) throws(VaultError) -> DeviceRecord {
    try certify(device, serial: .first, role: .client, by: identity, at: time)
  }

  static func certify(
    _ device: borrowing Ed25519SigningKey, serial: DeviceSerial, role: Role,
    by identity: borrowing Ed25519SigningKey, at time: Int64
  ) throws(VaultError) -> DeviceRecord {
    guard let key = DeviceKey(device.publicKey) else { throw .unavailable }
    do {
      let verified = try DeviceCertificate.issue(
        for: key, serial: serial, role: role, by: identity)
      return DeviceRecord(verified: verified, created: time)
    } catch { throw .unavailable }
  }

  /// The next device after `current`, certified by the same identity, which the words give back.
  static func next(
    after current: DeviceRecord, device: borrowing Ed25519SigningKey,
    words: borrowing RecoveryWords, sealed: IdentityEntry?, at time: Int64
  ) throws(VaultError) -> DeviceRecord {
    let verified = current.verified
    let identity =
      switch sealed {
      case nil: try words.therapistIdentity()
      case let sealed?:
        try sealed.sealed.open(with: words, relationship: sealed.relationship)
      }
    guard identity.publicKey == verified.identity.bytes else { throw .wrongRecoveryWords }
    guard let serial = verified.serial.next else { throw .unavailable }
    return try certify(device, serial: serial, role: verified.role, by: identity, at: time)
  }
}
