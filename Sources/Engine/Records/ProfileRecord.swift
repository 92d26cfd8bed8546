// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import WireFormat

/// What the profile is: one row, written at `init`.
struct ProfileRecord: WireCodable, Sendable {
  static let version: UInt8 = 1

  let role: ConsentRole
  let name: String
  let device: String
  /// The text of a relay address; empty for a client.
  let relay: String
  /// Profession, licence, jurisdiction, contact, how to check.
  let practice: [String]
  let language: String
  let created: Int64

  init(_ new: NewProfile, created: Int64) {
    role = new.role
    name = new.name
    device = new.device
    relay = new.relay ?? ""
    let practice = new.practice
    self.practice = [
      practice?.profession ?? "psychotherapist", practice?.licence ?? "not stated",
      practice?.jurisdiction ?? "not stated", practice?.contact ?? "as told in the session",
      practice?.howToCheck ?? "Ask the licensing body of the jurisdiction.",
    ]
    language = new.language.rawValue
    self.created = created
  }

  /// The terms of an invitation that brings none of its own: a year of messages.
  func terms(at now: Int64) -> Terms {
    let from = ConsentTime(clamping: now)
    return FormTemplate(
      language: FormTemplate.Language(rawValue: language) ?? .english,
      practice: Terms.Practice(
        name: name, profession: practice[0], licence: practice[1], jurisdiction: practice[2],
        contact: practice[3], howToCheck: practice[4]),
      scopes: [.text, .voice, .image, .questionnaires], validFrom: from,
      validUntil: from.adding(days: 365)
    ).terms
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(text: role.rawValue)
    writer.write(text: name)
    writer.write(text: device)
    writer.write(text: relay)
    writer.writeVector(practice.map { Opaque(Array($0.utf8)) })
    writer.write(text: language)
    writer.write(time: created)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    guard let role = ConsentRole(rawValue: try reader.readText()) else { throw .invalidValue }
    self.role = role
    name = try reader.readText()
    device = try reader.readText()
    relay = try reader.readText()
    var practice: [String] = []
    for item in try reader.readVector(of: Opaque.self) {
      guard let text = String(validating: item.bytes, as: UTF8.self) else { throw .invalidValue }
      practice.append(text)
    }
    guard practice.count == 5 else { throw .invalidValue }
    self.practice = practice
    language = try reader.readText()
    created = try reader.readTime()
  }
}
