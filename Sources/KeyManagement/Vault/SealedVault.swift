// SPDX-License-Identifier: Apache-2.0

public import Certificates
public import Primitives
internal import Synchronization
internal import WireFormat

/// The key store of a profile: one sealed file, replaced as a whole.
///
/// ```
/// passphrase --Argon2id--> unlock key --unwraps--> master key --HKDF--> entry key, table key
/// ```
///
/// A change takes the lock of the vault, reads the file as it is by then, and replaces it; a reader looks
/// whether the file is still the one it knows. Two processes are therefore safe, and a crash leaves the
/// file from before or from after.
public final class SealedVault: KeyVault {
  public let role: Role
  public let profileOwner: KeyOwner
  private let storage: VaultStorage
  private let state: Mutex<VaultState>

  private init(_ storage: VaultStorage, _ vault: consuming OpenVault, stamp: FileStamp) {
    role = vault.profile.role
    profileOwner = vault.owner
    self.storage = storage
    state = Mutex(VaultState(vault: vault, stamp: stamp))
  }

  // MARK: Opening

  /// Makes the vault of a new profile at a path in a folder of its own (0700).
  ///
  /// For a therapist it makes the identity, which is in the words, and the first device key.
  public static func create(
    at path: String, passphrase: borrowing SecretBytes, role: Role,
    words: borrowing RecoveryWords, profile: KDFProfile = .standard, at time: Int64
  ) throws(VaultError) -> SealedVault {
    let storage = VaultStorage(path: path)
    let master = try Self.fresh(32)
    let dataKey = try Self.fresh(DataKey.length)
    let device = try Self.freshKey()
    let header = try VaultHeader(
      wrapping: master, passphrase: passphrase, vault: SystemRandom().bytes(16), generation: 1,
      profile: profile)
    let owner = KeyOwner(random: SystemRandom())
    var vault = try OpenVault(
      ProfileEntry(role: role, recovery: try words.recoveryKey()), owner: owner, header: header,
      keys: VaultKeys(master: master))
    try vault.put(dataKey, .dataKey, owner)
    if role == .therapist {
      let identity = try words.therapistIdentity()
      let record = try DeviceMaking.certify(
        device, serial: .first, role: .therapist, by: identity, at: time)
      try vault.put(device, record, owner)
    }
    let lock = try storage.lock()
    defer { lock.release() }
    guard try !storage.exists() else { throw .exists }
    let stamp = try storage.write(vault.file.bytes(under: vault.keys))
    return SealedVault(storage, vault, stamp: stamp)
  }

  /// Opens a vault with its passphrase, at the cost of Argon2id.
  public static func unlock(
    at path: String, passphrase: borrowing SecretBytes
  ) throws(VaultError) -> SealedVault {
    let storage = VaultStorage(path: path)
    let (bytes, stamp) = try storage.read()
    let file = try VaultFile(bytes)
    let master = try file.header.unwrap(passphrase: passphrase)
    let vault = try OpenVault(file, keys: VaultKeys(master: master))
    return SealedVault(storage, vault, stamp: stamp)
  }

  /// Opens a vault with a key that ``vaultKey()`` gave, at no cost; ``VaultError/wrongPassphrase`` if the
  /// vault has been re-keyed since.
  public static func unlock(
    at path: String, vaultKey: borrowing SecretBytes
  ) throws(VaultError) -> SealedVault {
    let storage = VaultStorage(path: path)
    let (bytes, stamp) = try storage.read()
    let file = try VaultFile(bytes)
    let keys = try VaultKeys(master: copy(vaultKey))
    // The checksum held, so that a tag which does not means another key.
    guard file.isAuthentic(under: keys) else { throw .wrongPassphrase }
    let vault = try OpenVault(file, keys: keys)
    return SealedVault(storage, vault, stamp: stamp)
  }

  /// Checks that there is a whole vault of this version that nobody else can read, without opening it.
  public static func inspect(at path: String) throws(VaultError) -> VaultReport {
    let file = try VaultFile(try VaultStorage(path: path).read().bytes)
    return VaultReport(
      profile: file.header.profile, generation: file.header.generation,
      entryCount: file.entries.count)
  }

  /// The master key, for the kernel's keyring: whoever has it has everything in the vault.
  public func vaultKey() throws(VaultError) -> SecretBytes {
    try read { vault throws(VaultError) in
      try Self.copy(vault.keys.master)
    }
  }

  // MARK: Passphrase and master key

  /// Another passphrase, and with it another master key: the old passphrase and an old copy of the file
  /// open that copy, and nothing written from now on.
  public func changePassphrase(
    from old: borrowing SecretBytes, to new: borrowing SecretBytes,
    profile: KDFProfile = .standard
  ) throws(VaultError) {
    let lock = try storage.lock()
    defer { lock.release() }
    try state.withLock { state throws(VaultError) in
      try refresh(&state)
      let before = state.vault.file.header
      _ = try before.unwrap(passphrase: old)
      let (generation, overflow) = before.generation.addingReportingOverflow(1)
      guard !overflow else { throw .unavailable }
      let master = try Self.fresh(32)
      let header = try VaultHeader(
        wrapping: master, passphrase: new, vault: before.vault, generation: generation,
        profile: profile)
      let keys = try VaultKeys(master: master)
      let file = try state.vault.resealed(header, keys)
      // Only what is on the disk replaces what is in memory: a full disk leaves the vault as it was.
      state.stamp = try storage.write(file.bytes(under: keys))
      state.vault.file = file
      state.vault.keys = keys
    }
  }

  /// Another master key under the same passphrase; vault keys given out before open nothing any more.
  public func rekey(
    passphrase: borrowing SecretBytes, profile: KDFProfile = .standard
  ) throws(VaultError) {
    try changePassphrase(from: passphrase, to: passphrase, profile: profile)
  }

  // MARK: Keys

  public func dataKeys() throws(VaultError) -> [DataKey] {
    try read { vault throws(VaultError) in try vault.dataKeys() }
  }

  public func addRelationship(_ owner: KeyOwner) throws(VaultError) {
    try change { vault throws(VaultError) in
      if vault.contains(.dataKey, owner) { return false }
      try Self.addDataKey(owner, &vault)
      return true
    }
  }

  public func makeIdentity(
    for owner: KeyOwner, relationship: [UInt8], at time: Int64
  ) throws(VaultError) -> DeviceRecord {
    guard role == .client, owner != profileOwner else { throw .wrongRole }
    try change { vault throws(VaultError) in
      if vault.contains(.device, owner) { return false }
      let identity = try Self.freshKey()
      let device = try Self.freshKey()
      let sealed = try SealedIdentity.seal(
        identity, to: vault.profile.recovery, relationship: relationship)
      let record = try DeviceMaking.forClient(identity, device, at: time)
      try Self.addDataKey(owner, &vault)
      try vault.put(device, record, owner)
      try vault.put(
        IdentityEntry(relationship: relationship, sealed: sealed).wireBytes, .sealedIdentity, owner)
      return true
    }
    return try device(for: owner)
  }

  public func device(for owner: KeyOwner) throws(VaultError) -> DeviceRecord {
    let owner = speaker(for: owner)
    return try read { vault throws(VaultError) in
      try vault.get(DeviceEntry.self, .device, owner).verify()
    }
  }

  public func deviceKey(for owner: KeyOwner) throws(VaultError) -> Ed25519SigningKey {
    let owner = speaker(for: owner)
    return try read { vault throws(VaultError) in
      let seed = try vault.secret(.deviceSeed, owner)
      do { return try Ed25519SigningKey(seed: seed) } catch { throw .damaged }
    }
  }

  public func sealedIdentity(for owner: KeyOwner) throws(VaultError) -> SealedIdentity {
    guard role == .client else { throw .wrongRole }
    return try read { vault throws(VaultError) in
      try vault.get(IdentityEntry.self, .sealedIdentity, owner).sealed
    }
  }

  public func rotateDevice(
    for owner: KeyOwner, words: borrowing RecoveryWords, at time: Int64
  ) throws(VaultError) -> DeviceRecord {
    guard try matches(words) else { throw .wrongRecoveryWords }
    let owner = speaker(for: owner)
    try change { vault throws(VaultError) in
      let current = try vault.get(DeviceEntry.self, .device, owner).verify()
      let sealed =
        vault.profile.role == .therapist
        ? nil : try vault.get(IdentityEntry.self, .sealedIdentity, owner)
      let device = try Self.freshKey()
      let record = try DeviceMaking.next(
        after: current, device: device, words: words, sealed: sealed, at: time)
      try vault.put(device, record, owner)
      return true
    }
    return try device(for: owner)
  }

  public func matches(_ words: borrowing RecoveryWords) throws(VaultError) -> Bool {
    let key = try words.recoveryKey()
    return try read { vault throws(VaultError) in vault.profile.recovery == key }
  }

  public func removeRelationship(_ owner: KeyOwner) throws(VaultError) {
    guard owner != profileOwner else { throw .wrongRole }
    try change { vault throws(VaultError) in
      vault.remove(owner)
      return true
    }
  }

  // MARK: State

  private static func addDataKey(
    _ owner: KeyOwner, _ vault: inout OpenVault
  ) throws(VaultError) {
    guard !vault.contains(.dataKey, owner) else { return }
    try vault.put(fresh(DataKey.length), .dataKey, owner)
  }

  private static func fresh(_ count: Int) throws(VaultError) -> SecretBytes {
    do { return try SecretBytes(random: count) } catch { throw .outOfMemory }
  }

  private static func freshKey() throws(VaultError) -> Ed25519SigningKey {
    do { return try Ed25519SigningKey() } catch { throw .outOfMemory }
  }

  private static func copy(_ secret: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
    do { return try secret.copy() } catch { throw .outOfMemory }
  }

  private func speaker(for owner: KeyOwner) -> KeyOwner {
    role == .therapist ? profileOwner : owner
  }

  private func read<R: ~Copyable & Sendable>(
    _ body: (borrowing OpenVault) throws(VaultError) -> R
  ) throws(VaultError) -> R {
    try state.withLock { state throws(VaultError) in
      try refresh(&state)
      return try body(state.vault)
    }
  }

  /// Changes the vault under its lock; `body` tells whether there is anything to write.
  private func change(
    _ body: (inout OpenVault) throws(VaultError) -> Bool
  ) throws(VaultError) {
    let lock = try storage.lock()
    defer { lock.release() }
    try state.withLock { state throws(VaultError) in
      try refresh(&state)
      let before = state.vault.file
      do throws(VaultError) {
        guard try body(&state.vault) else { return }
        state.stamp = try storage.write(state.vault.file.bytes(under: state.vault.keys))
      } catch {
        // The disk has it as it was, or a newer file that the next look finds.
        state.vault.file = before
        throw error
      }
    }
  }

  /// Takes over what another process has written.
  private func refresh(_ state: inout VaultState) throws(VaultError) {
    guard try storage.stamp() != state.stamp else { return }
    let (bytes, stamp) = try storage.read()
    let file = try VaultFile(bytes)
    guard file.isAuthentic(under: state.vault.keys) else { throw .wrongPassphrase }
    state.vault.file = file
    state.stamp = stamp
  }
}
