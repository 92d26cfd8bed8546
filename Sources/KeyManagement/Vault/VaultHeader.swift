// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import WireFormat

/// What stands before the entries of a vault file.
///
/// ```
/// struct {
///   opaque magic[8] = "ALCVAULT";
///   uint16 version = 1;
///   opaque vault[16];       // random id, bound into everything sealed
///   uint64 generation;      // of the master key: how often it was replaced
///   uint8  kdf = 1;         // Argon2id, version 1.3, one lane
///   uint32 memoryKiB;
///   uint32 passes;
///   opaque salt[16];
///   opaque nonce[24];
///   opaque wrappedMaster[48];
/// } VaultHeader;            // 131 bytes
/// ```
///
/// The master key is sealed with XChaCha20-Poly1305 under the unlock key; its associated data is
/// `Alcove 1.0 vault master` and all that stands above the nonce.
struct VaultHeader: WireEncodable {
  static let magic = Array("ALCVAULT".utf8)
  static let version: UInt16 = 1
  private static let kdf: UInt8 = 1
  private static let label = Array("Alcove 1.0 vault master".utf8)
  /// What a reader spends on a file at most: 4 GiB and 64 passes.
  private static let costliest = Argon2id.Parameters(memoryKiB: 4 << 20, passes: 64)

  let vault: [UInt8]
  let generation: UInt64
  let profile: KDFProfile
  private let salt: [UInt8]
  private let nonce: [UInt8]
  private let wrapped: [UInt8]

  /// Wraps a master key under a passphrase.
  init(
    wrapping master: borrowing SecretBytes, passphrase: borrowing SecretBytes, vault: [UInt8],
    generation: UInt64, profile: KDFProfile
  ) throws(VaultError) {
    guard passphrase.count > 0 else { throw .emptyPassphrase }
    self.vault = vault
    self.generation = generation
    self.profile = profile
    salt = SystemRandom().bytes(Argon2id.saltLength)
    nonce = SystemRandom().bytes(XChaCha20Poly1305.nonceLength)
    let statement = Self.statement(vault, generation, profile, salt)
    var bytes = master.shared().exposedBytes()
    defer { bytes.wipe() }
    do {
      let unlock = try Argon2id.derive(
        passphrase: passphrase, salt: salt, parameters: profile.parameters)
      wrapped = try XChaCha20Poly1305.seal(
        bytes, key: unlock, nonce: nonce, associatedData: Self.label + statement)
    } catch { throw .outOfMemory }
  }

  /// The master key, if this is the passphrase.
  func unwrap(passphrase: borrowing SecretBytes) throws(VaultError) -> SecretBytes {
    guard passphrase.count > 0 else { throw .emptyPassphrase }
    do {
      let unlock = try Argon2id.derive(
        passphrase: passphrase, salt: salt, parameters: profile.parameters)
      let statement = Self.statement(vault, generation, profile, salt)
      var master = try XChaCha20Poly1305.open(
        wrapped, key: unlock, nonce: nonce, associatedData: Self.label + statement)
      defer { master.wipe() }
      return try SecretBytes(consumingAndWiping: &master)
    } catch PrimitiveError.authenticationFailed {
      throw .wrongPassphrase
    } catch { throw .outOfMemory }
  }

  func encode(into writer: inout WireWriter) {
    writer.writeFixed(Self.statement(vault, generation, profile, salt))
    writer.writeFixed(nonce)
    writer.writeFixed(wrapped)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readFixed(8) == Self.magic, try reader.readUInt16() == Self.version else {
      throw .invalidValue
    }
    vault = try reader.readFixed(16)
    generation = try reader.readUInt64()
    guard try reader.readUInt8() == Self.kdf else { throw .invalidValue }
    let parameters = Argon2id.Parameters(
      memoryKiB: try reader.readUInt32(), passes: try reader.readUInt32())
    guard (8...Self.costliest.memoryKiB).contains(parameters.memoryKiB),
      (1...Self.costliest.passes).contains(parameters.passes)
    else { throw .invalidValue }
    profile = KDFProfile(parameters: parameters)
    salt = try reader.readFixed(Argon2id.saltLength)
    nonce = try reader.readFixed(XChaCha20Poly1305.nonceLength)
    wrapped = try reader.readFixed(32 + XChaCha20Poly1305.tagLength)
  }

  private static func statement(
    _ vault: [UInt8], _ generation: UInt64, _ profile: KDFProfile, _ salt: [UInt8]
  ) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: 64)
    writer.writeFixed(magic)
    writer.write(version)
    writer.writeFixed(vault)
    writer.write(generation)
    writer.write(kdf)
    writer.write(profile.parameters.memoryKiB)
    writer.write(profile.parameters.passes)
    writer.writeFixed(salt)
    return writer.bytes
  }
}
