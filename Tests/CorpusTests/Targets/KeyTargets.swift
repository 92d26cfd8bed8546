// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
import EnvelopeStore
import Primitives
import WireFormat

@testable import KeyManagement

extension FuzzTarget {
  /// A vault file: as it lies there (0), or with a checksum that is right for what is in it (1).
  static let vaultFile = FuzzTarget(
    name: "vault-file",
    run: { input in
      var bytes = Array(input.dropFirst())
      if input.first == 1 { bytes += Digest.blake2b256(bytes) }
      guard let file = try? VaultFile(bytes) else { return }
      let again = VaultFile(header: file.header, entries: file.entries)
      let keys = try VaultKeys(master: SecretBytes(copying: SharedSecret(bytesOf(32))))
      try require(!file.isAuthentic(under: keys), .forgeryTaken)
      // All but tag and checksum.
      try require(
        again.bytes(under: keys).dropLast(64) == bytes.dropLast(64), .encodesDifferently)
      for entry in file.entries { _ = try? keys.open(entry, vault: file.header.vault) }
    },
    seeds: {
      let whole = try vault()
      return [[0] + whole, [1] + whole.dropLast(32)]
    })

  /// What the entries of a vault hold, and the words on paper.
  static let keyParts = FuzzTarget(
    "key-parts",
    anyOf: [
      Structure(ProfileEntry.self), Structure(DeviceEntry.self), Structure(IdentityEntry.self),
      Structure(SealedIdentity.self), Structure(RecoveryKey.self), Structure(VaultEntry.self),
      Structure { bytes in
        let words = try RecoveryWords(String(decoding: bytes, as: UTF8.self)).words()
        let again = try RecoveryWords(words.joined(separator: " ")).words()
        try require(words == again, .encodesDifferently)
        return Array(bytes)
      },
    ],
    seeds: {
      let words = try RecoveryWords(random: SeededRandom(seed: 9))
      let device = try ConsentPeople.shared.therapist.author.device
      let recovery = try words.recoveryKey()
      let identity = try SealedIdentity.seal(
        ConsentPeople.shared.client.key, to: recovery, relationship: bytesOf(16))
      return [
        (0, ProfileEntry(role: .therapist, recovery: recovery).wireBytes),
        (1, DeviceEntry(DeviceRecord(verified: device, created: 1)).wireBytes),
        (2, IdentityEntry(relationship: bytesOf(16), sealed: identity).wireBytes),
        (3, identity.wireBytes), (4, recovery.wireBytes),
        (6, Array(words.words().joined(separator: " ").utf8)),
      ]
    })

  /// A sealed row of the store: nothing opens but what was sealed for its place.
  static let sealedRecord = FuzzTarget(
    name: "sealed-record",
    run: { input in
      guard let (sealer, address) = place() else { throw Finding.validRefused }
      let random = SeededRandom(seed: 10)
      let valid = try sealer.seal([1, 2, 3], at: address, random: random)
      var script = EditScript(input)
      var edited = valid
      if script.pick(2) == 0 { edited = Array(input) } else { script.edit(&edited) }
      let opened = try? sealer.open(edited, at: address)
      try require((opened != nil) == (edited == valid), .forgeryTaken)
    },
    seeds: { [[0], [1], [1, 0, 0, 0, 3, 0]] })

  private static func place() -> (RecordSealer, RecordAddress)? {
    guard
      let sealer = RecordSealer(key: SharedSecret(bytesOf(32)), generation: .first),
      let owner = RecordOwner(bytesOf(16))
    else { return nil }
    return (sealer, RecordAddress(.channel, owner, .only))
  }

  private static func vault() throws -> [UInt8] {
    let master = SharedSecret(bytesOf(32).reversed())
    let keys = try VaultKeys(master: SecretBytes(copying: master))
    guard let owner = KeyOwner(bytesOf(16)) else { throw Finding.validRefused }
    let cheap = KDFProfile(parameters: Argon2id.Parameters(memoryKiB: 8, passes: 1))
    let header = try VaultHeader(
      wrapping: SecretBytes(copying: master),
      passphrase: SecretBytes(copying: SharedSecret(Array("passphrase".utf8))), vault: bytesOf(16),
      generation: 1, profile: cheap)
    let entries = try [VaultEntryKind.profile, .dataKey, .sealedIdentity].map { kind in
      try keys.seal([1, 2, 3], kind, owner, vault: header.vault)
    }
    return VaultFile(header: header, entries: entries).bytes(under: keys)
  }
}

private func bytesOf(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
