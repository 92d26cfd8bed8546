// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A node above the leaves, whose private key the members below it hold; RFC 9420 section 7.1.
///
/// ```
/// struct {
///     HPKEPublicKey encryption_key;
///     opaque parent_hash<V>;
///     uint32 unmerged_leaves<V>;
/// } ParentNode;
/// ```
public struct ParentNode: Hashable, Sendable, WireCodable {
  public var encryptionKey: HPKEPublicKey
  public var parentHash: [UInt8]
  public var unmergedLeaves: [LeafIndex]

  public init(encryptionKey: HPKEPublicKey, parentHash: [UInt8], unmergedLeaves: [LeafIndex]) {
    self.encryptionKey = encryptionKey
    self.parentHash = parentHash
    self.unmergedLeaves = unmergedLeaves
  }

  public init(from reader: inout WireReader) throws(WireError) {
    encryptionKey = try reader.read()
    parentHash = try reader.readOpaque()
    unmergedLeaves = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(encryptionKey)
    writer.writeOpaque(parentHash)
    writer.writeVector(unmergedLeaves)
  }
}
