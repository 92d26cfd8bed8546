// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// What a therapist offers, at position 1 of an intake.
///
/// ```
/// struct {
///   uint8 version = 1;
///   uint16 suite;             // of the group to come
///   uint64 expires;           // seconds since 1970
///   opaque key<V>;            // one-time X-Wing key for the answer
///   opaque terms<V>;          // consent line 0, as signed; it carries the certified identity
/// } OfferBody;
/// ```
///
/// It is authentic because the link holds half of its SHA-256: nothing in it is signed again.
struct OfferBody: WireCodable, Equatable, Sendable {
  static let version: UInt8 = 1

  var suite: UInt16
  var expires: Int64
  var key: [UInt8]
  var terms: [UInt8]

  init(suite: UInt16, expires: Int64, key: [UInt8], terms: [UInt8]) {
    self.suite = suite
    self.expires = expires
    self.key = key
    self.terms = terms
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(suite)
    writer.write(UInt64(max(0, expires)))
    writer.writeOpaque(key)
    writer.writeOpaque(terms)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    suite = try reader.readUInt16()
    guard let expires = Int64(exactly: try reader.readUInt64()) else { throw .invalidValue }
    self.expires = expires
    key = try reader.readOpaque(max: 4_096)
    terms = try reader.readOpaque(max: 131_072)
  }
}
