// SPDX-License-Identifier: Apache-2.0

public import Certificates
public import Primitives
internal import Synchronization

/// A vault without a file, a passphrase or a seal, for the simulator and for tests.
///
/// Its keys come from the random source it is given, so that a seed makes the same keys again.
public final class UnsealedTestVault: KeyVault {
  private struct Contents {
    var dataKeys: [KeyOwner: DataKey] = [:]
    var devices: [KeyOwner: DeviceRecord] = [:]
    var seeds: [KeyOwner: SharedSecret] = [:]
    var identities: [KeyOwner: IdentityEntry] = [:]
  }

  public let role: Role
  public let profileOwner: KeyOwner
  private let random: any RandomSource
  private let recovery: RecoveryKey
  private let contents: Mutex<Contents>

  public init(
    role: Role, words: borrowing RecoveryWords, random: any RandomSource, at time: Int64
  ) throws(VaultError) {
    self.role = role
    self.random = random
    recovery = try words.recoveryKey()
    profileOwner = KeyOwner(random: random)
    var contents = Contents()
    contents.dataKeys[profileOwner] = DataKey(
      owner: profileOwner, generation: 1, key: random.secret(DataKey.length))
    if role == .therapist {
      let seed = random.secret(Ed25519.seedLength)
      contents.seeds[profileOwner] = seed
      contents.devices[profileOwner] = try DeviceMaking.certify(
        Self.key(seed), serial: .first, role: .therapist, by: words.therapistIdentity(), at: time)
    }
    self.contents = Mutex(contents)
  }

  public func dataKeys() throws(VaultError) -> [DataKey] {
    contents.withLock { Array($0.dataKeys.values) }
  }

  public func addRelationship(_ owner: KeyOwner) throws(VaultError) {
    contents.withLock { addDataKey(owner, &$0) }
  }

  public func makeIdentity(
    for owner: KeyOwner, relationship: [UInt8], at time: Int64
  ) throws(VaultError) -> DeviceRecord {
    guard role == .client, owner != profileOwner else { throw .wrongRole }
    return try contents.withLock { contents throws(VaultError) in
      if let device = contents.devices[owner] { return device }
      let identity = try Self.key(random.secret(Ed25519.seedLength))
      let seed = random.secret(Ed25519.seedLength)
      let record = try DeviceMaking.forClient(identity, Self.key(seed), at: time)
      let sealed = try SealedIdentity.seal(identity, to: recovery, relationship: relationship)
      addDataKey(owner, &contents)
      contents.seeds[owner] = seed
      contents.devices[owner] = record
      contents.identities[owner] = IdentityEntry(relationship: relationship, sealed: sealed)
      return record
    }
  }

  public func device(for owner: KeyOwner) throws(VaultError) -> DeviceRecord {
    guard let device = contents.withLock({ $0.devices[speaker(for: owner)] }) else { throw .noKey }
    return device
  }

  public func deviceKey(for owner: KeyOwner) throws(VaultError) -> Ed25519SigningKey {
    guard let seed = contents.withLock({ $0.seeds[speaker(for: owner)] }) else { throw .noKey }
    return try Self.key(seed)
  }

  public func sealedIdentity(for owner: KeyOwner) throws(VaultError) -> SealedIdentity {
    guard role == .client else { throw .wrongRole }
    guard let identity = contents.withLock({ $0.identities[owner] }) else { throw .noKey }
    return identity.sealed
  }

  public func rotateDevice(
    for owner: KeyOwner, words: borrowing RecoveryWords, at time: Int64
  ) throws(VaultError) -> DeviceRecord {
    guard try matches(words) else { throw .wrongRecoveryWords }
    let owner = speaker(for: owner)
    let current = try device(for: owner)
    let seed = random.secret(Ed25519.seedLength)
    let sealed = contents.withLock { $0.identities[owner] }
    let record = try DeviceMaking.next(
      after: current, device: Self.key(seed), words: words, sealed: sealed, at: time)
    contents.withLock { contents in
      contents.seeds[owner] = seed
      contents.devices[owner] = record
    }
    return record
  }

  public func matches(_ words: borrowing RecoveryWords) throws(VaultError) -> Bool {
    try words.recoveryKey() == recovery
  }

  public func removeRelationship(_ owner: KeyOwner) throws(VaultError) {
    guard owner != profileOwner else { throw .wrongRole }
    contents.withLock { contents in
      contents.dataKeys[owner] = nil
      contents.devices[owner] = nil
      contents.seeds[owner] = nil
      contents.identities[owner] = nil
    }
  }

  private func addDataKey(_ owner: KeyOwner, _ contents: inout Contents) {
    guard contents.dataKeys[owner] == nil else { return }
    contents.dataKeys[owner] = DataKey(
      owner: owner, generation: 1, key: random.secret(DataKey.length))
  }

  private func speaker(for owner: KeyOwner) -> KeyOwner {
    role == .therapist ? profileOwner : owner
  }

  private static func key(_ seed: SharedSecret) throws(VaultError) -> Ed25519SigningKey {
    do { return try Ed25519SigningKey(seed: SecretBytes(copying: seed)) } catch {
      throw .outOfMemory
    }
  }
}
