// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import WireFormat

/// The master key of an open vault, and the two keys that do its work.
struct VaultKeys: ~Copyable, Sendable {
  private static let entryLabel = Array("Alcove 1.0 vault entry".utf8)
  private static let tableLabel = Array("Alcove 1.0 vault table".utf8)

  let master: SecretBytes
  private let entryKey: SecretBytes
  private let tableKey: SecretBytes

  init(master: consuming SecretBytes) throws(VaultError) {
    let prk = master.shared()
    let entryKey = try Self.derive(prk, Self.entryLabel)
    let tableKey = try Self.derive(prk, Self.tableLabel)
    self.master = master
    self.entryKey = entryKey
    self.tableKey = tableKey
  }

  /// Seals an entry to its place: moved to another kind, owner, generation or vault it does not open.
  borrowing func seal(
    _ plaintext: [UInt8], _ kind: VaultEntryKind, _ owner: KeyOwner, generation: UInt32 = 1,
    vault: [UInt8]
  ) throws(VaultError) -> VaultEntry {
    let nonce = SystemRandom().bytes(XChaCha20Poly1305.nonceLength)
    do {
      let ciphertext = try XChaCha20Poly1305.seal(
        plaintext, key: entryKey, nonce: nonce,
        associatedData: Self.place(kind, owner, generation, vault))
      return VaultEntry(
        kind: kind, owner: owner, generation: generation, sealed: nonce + ciphertext)
    } catch { throw .outOfMemory }
  }

  /// What an entry holds. The caller wipes it.
  borrowing func open(_ entry: VaultEntry, vault: [UInt8]) throws(VaultError) -> [UInt8] {
    let length = XChaCha20Poly1305.nonceLength
    guard entry.sealed.count >= length else { throw .damaged }
    do {
      return try XChaCha20Poly1305.open(
        Array(entry.sealed[length...]), key: entryKey, nonce: Array(entry.sealed[..<length]),
        associatedData: Self.place(entry.kind, entry.owner, entry.generation, vault))
    } catch { throw .damaged }
  }

  /// The tag over a whole file up to the tag: no entry can be left out, added or kept from before.
  borrowing func tag(_ bytes: [UInt8]) -> [UInt8] {
    HashAlgorithm.sha256.mac(key: tableKey.shared(), bytes)
  }

  private static func derive(
    _ prk: SharedSecret, _ label: [UInt8]
  ) throws(VaultError) -> SecretBytes {
    try allocating { () throws(PrimitiveError) in
      try SecretBytes(copying: HashAlgorithm.sha256.expand(prk, info: label, count: 32))
    }
  }

  private static func place(
    _ kind: VaultEntryKind, _ owner: KeyOwner, _ generation: UInt32, _ vault: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: 64)
    writer.writeFixed(entryLabel)
    writer.writeFixed(vault)
    writer.write(kind.rawValue)
    writer.write(owner)
    writer.write(generation)
    return writer.bytes
  }
}
