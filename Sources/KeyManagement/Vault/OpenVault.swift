// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Primitives
internal import WireFormat

/// An opened vault as a value: its keys, and its entries, each of which opens only when it is asked for.
struct OpenVault: ~Copyable {
  var keys: VaultKeys
  var file: VaultFile
  let owner: KeyOwner
  let profile: ProfileEntry

  /// Checks that the keys made the file, and reads the profile.
  init(_ file: consuming VaultFile, keys: consuming VaultKeys) throws(VaultError) {
    guard file.isAuthentic(under: keys) else { throw .damaged }
    guard let entry = file.entries.first(where: { $0.kind == .profile }) else { throw .damaged }
    profile = try Self.read(ProfileEntry.self, try keys.open(entry, vault: file.header.vault))
    owner = entry.owner
    self.keys = keys
    self.file = file
  }

  /// A new vault, not yet written.
  init(
    _ profile: ProfileEntry, owner: KeyOwner, header: VaultHeader, keys: consuming VaultKeys
  ) throws(VaultError) {
    file = VaultFile(header: header, entries: [])
    self.profile = profile
    self.owner = owner
    self.keys = keys
    try put(profile.wireBytes, .profile, owner)
  }

  /// The same entries under another master key.
  borrowing func resealed(
    _ header: VaultHeader, _ fresh: borrowing VaultKeys
  ) throws(VaultError) -> VaultFile {
    var entries: [VaultEntry] = []
    for entry in file.entries {
      var plaintext = try keys.open(entry, vault: file.header.vault)
      defer { plaintext.wipe() }
      entries.append(
        try fresh.seal(
          plaintext, entry.kind, entry.owner, generation: entry.generation, vault: header.vault))
    }
    return VaultFile(header: header, entries: entries)
  }

  /// Replaces the entry of this kind and owner.
  mutating func put(
    _ plaintext: [UInt8], _ kind: VaultEntryKind, _ owner: KeyOwner
  ) throws(VaultError) {
    let entry = try keys.seal(plaintext, kind, owner, vault: file.header.vault)
    file.entries.removeAll { $0.kind == kind && $0.owner == owner }
    file.entries.append(entry)
  }

  mutating func put(
    _ secret: borrowing SecretBytes, _ kind: VaultEntryKind, _ owner: KeyOwner
  ) throws(VaultError) {
    var bytes = secret.shared().exposedBytes()
    defer { bytes.wipe() }
    try put(bytes, kind, owner)
  }

  /// A device key and its certificate, which belong together.
  mutating func put(
    _ device: borrowing Ed25519SigningKey, _ record: DeviceRecord, _ owner: KeyOwner
  ) throws(VaultError) {
    try put(Self.seed(of: device), .deviceSeed, owner)
    try put(DeviceEntry(record).wireBytes, .device, owner)
  }

  mutating func remove(_ owner: KeyOwner) {
    file.entries.removeAll { $0.owner == owner }
  }

  borrowing func contains(_ kind: VaultEntryKind, _ owner: KeyOwner) -> Bool {
    file.entries.contains { $0.kind == kind && $0.owner == owner }
  }

  /// An entry that is not secret.
  borrowing func get<T: WireDecodable>(
    _ type: T.Type, _ kind: VaultEntryKind, _ owner: KeyOwner
  ) throws(VaultError) -> T {
    try Self.read(type, try plaintext(kind, owner))
  }

  borrowing func secret(
    _ kind: VaultEntryKind, _ owner: KeyOwner
  ) throws(VaultError) -> SecretBytes {
    var bytes = try plaintext(kind, owner)
    defer { bytes.wipe() }
    do { return try SecretBytes(consumingAndWiping: &bytes) } catch { throw .outOfMemory }
  }

  borrowing func dataKeys() throws(VaultError) -> [DataKey] {
    var dataKeys: [DataKey] = []
    for entry in file.entries where entry.kind == .dataKey {
      var bytes = try keys.open(entry, vault: file.header.vault)
      dataKeys.append(
        DataKey(
          owner: entry.owner, generation: entry.generation, key: SharedSecret(wiping: &bytes)))
    }
    return dataKeys
  }

  private borrowing func plaintext(
    _ kind: VaultEntryKind, _ owner: KeyOwner
  ) throws(VaultError) -> [UInt8] {
    guard let entry = file.entries.first(where: { $0.kind == kind && $0.owner == owner }) else {
      throw .noKey
    }
    return try keys.open(entry, vault: file.header.vault)
  }

  private static func seed(
    of device: borrowing Ed25519SigningKey
  ) throws(VaultError) -> SecretBytes {
    do { return try device.seed() } catch { throw .outOfMemory }
  }

  private static func read<T: WireDecodable>(
    _ type: T.Type, _ bytes: [UInt8]
  ) throws(VaultError) -> T {
    do { return try T(wireBytes: bytes) } catch { throw .damaged }
  }
}
