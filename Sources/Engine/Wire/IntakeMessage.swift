// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// What lies in the envelopes of an intake channel.
///
/// ```
/// struct { uint8 version = 1; uint8 type; opaque body<V>; } IntakeMessage;    // 1 offer, 2 answer, 3 welcome
/// ```
enum IntakeMessage: WireCodable, Equatable, Sendable {
  static let version: UInt8 = 1

  /// The bytes whose hash is in the link.
  case offer([UInt8])
  case answer(SealedAnswer)
  case welcome(IntakeWelcome)

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    switch self {
    case .offer(let bytes):
      writer.write(UInt8(1))
      writer.writeOpaque(bytes)
    case .answer(let answer):
      writer.write(UInt8(2))
      writer.writeOpaque(answer.wireBytes)
    case .welcome(let welcome):
      writer.write(UInt8(3))
      writer.writeOpaque(welcome.wireBytes)
    }
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    let type = try reader.readUInt8()
    let body = try reader.readOpaque()
    switch type {
    case 1: self = .offer(body)
    case 2: self = .answer(try SealedAnswer(wireBytes: body))
    case 3: self = .welcome(try IntakeWelcome(wireBytes: body))
    default: throw .invalidValue
    }
  }
}
