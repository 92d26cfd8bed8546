// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import WireFormat

/// One row of the list of people: who it is on this device, and where their records lie.
struct RelationshipRecord: WireCodable, Sendable {
  static let version: UInt8 = 1

  /// Whose records: a random id that means nothing elsewhere.
  let owner: RecordOwner
  var name: String
  /// What this profile is to the relationship.
  let mine: ConsentRole
  /// The text of the relay's address, with its pin.
  let relay: [UInt8]
  let relationship: [UInt8]
  let therapist: [UInt8]
  let client: [UInt8]
  var verified: Bool
  let created: Int64

  init(
    owner: RecordOwner, name: String, mine: ConsentRole, relay: [UInt8], relationship: [UInt8],
    therapist: [UInt8], client: [UInt8], created: Int64
  ) {
    self.owner = owner
    self.name = name
    self.mine = mine
    self.relay = relay
    self.relationship = relationship
    self.therapist = therapist
    self.client = client
    self.created = created
    verified = false
  }

  var own: [UInt8] { mine == .therapist ? therapist : client }
  var peer: [UInt8] { mine == .therapist ? client : therapist }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeFixed(owner.bytes)
    writer.write(text: name)
    writer.write(text: mine.rawValue)
    writer.writeOpaque(relay)
    writer.writeOpaque(relationship)
    writer.writeOpaque(therapist)
    writer.writeOpaque(client)
    writer.write(verified)
    writer.write(time: created)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    owner = try reader.readOwner()
    name = try reader.readText()
    guard let mine = ConsentRole(rawValue: try reader.readText()) else { throw .invalidValue }
    self.mine = mine
    relay = try reader.readOpaque()
    relationship = try reader.readOpaque()
    therapist = try reader.readOpaque()
    client = try reader.readOpaque()
    verified = try reader.readBool()
    created = try reader.readTime()
  }
}
