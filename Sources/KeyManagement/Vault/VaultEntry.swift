// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// One sealed thing in a vault.
///
/// ```
/// struct {
///   VaultEntryKind kind;    // uint8
///   opaque owner[16];
///   uint32 generation;      // of a data key; else 1
///   opaque sealed<V>;       // nonce (24), ciphertext and tag
/// } VaultEntry;
/// ```
struct VaultEntry: WireEncodable, WireDecodable, Sendable {
  let kind: VaultEntryKind
  let owner: KeyOwner
  let generation: UInt32
  let sealed: [UInt8]

  /// Longer than any entry of this version.
  private static let maximumSealed = 16_384

  func encode(into writer: inout WireWriter) {
    writer.write(kind.rawValue)
    writer.write(owner)
    writer.write(generation)
    writer.writeOpaque(sealed)
  }

  init(kind: VaultEntryKind, owner: KeyOwner, generation: UInt32, sealed: [UInt8]) {
    self.kind = kind
    self.owner = owner
    self.generation = generation
    self.sealed = sealed
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard let kind = VaultEntryKind(rawValue: try reader.readUInt8()) else { throw .invalidValue }
    self.kind = kind
    owner = try reader.read()
    generation = try reader.readUInt32()
    sealed = try reader.readOpaque(max: Self.maximumSealed)
  }
}
