// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// The therapist's reply on the intake: the counter-signature and the way into the group.
///
/// ```
/// struct { uint8 version = 1; opaque line<V>; opaque welcome<V>; } IntakeWelcome;
/// ```
struct IntakeWelcome: WireCodable, Equatable, Sendable {
  static let version: UInt8 = 1

  /// Consent line 2, `acknowledge`, as signed.
  var line: [UInt8]
  var welcome: [UInt8]

  init(line: [UInt8], welcome: [UInt8]) {
    self.line = line
    self.welcome = welcome
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeOpaque(line)
    writer.writeOpaque(welcome)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    line = try reader.readOpaque(max: 131_072)
    welcome = try reader.readOpaque()
  }
}
