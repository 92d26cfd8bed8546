// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// A sealed identity with the relationship id that opens it.
struct IdentityEntry: WireEncodable, WireDecodable, Sendable {
  private static let version: UInt8 = 1
  let relationship: [UInt8]
  let sealed: SealedIdentity

  init(relationship: [UInt8], sealed: SealedIdentity) {
    self.relationship = relationship
    self.sealed = sealed
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeOpaque(relationship)
    writer.write(sealed)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    relationship = try reader.readOpaque(max: 64)
    sealed = try reader.read()
  }
}
