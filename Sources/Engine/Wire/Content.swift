// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol
internal import WireFormat

/// What stands inside the encryption of a message.
///
/// ```
/// struct {
///   uint8 version = 1;
///   opaque inner[16];         // survives a re-encryption: delivered exactly once
///   opaque kind<V>;           // a consent scope, or "ack"
///   uint64 sent;              // seconds since 1970 by the sender's clock, never going back
///   uint64 position;          // how far the sender had read
///   opaque chain[32];         // and the chain it found there
///   opaque body<V>;
/// } Content;
/// ```
struct Content: WireCodable, Equatable, Sendable {
  static let version: UInt8 = 1
  static let innerCount = 16
  /// DESIGN section 9: a message is at most 1,000,000 bytes of UTF-8.
  static let maximumBody = 1_000_000

  var inner: [UInt8]
  var kind: ContentKind
  var sent: Int64
  var read: ReadMark
  var body: [UInt8]

  init(inner: [UInt8], kind: ContentKind, sent: Int64, read: ReadMark, body: [UInt8]) {
    self.inner = inner
    self.kind = kind
    self.sent = sent
    self.read = read
    self.body = body
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeFixed(inner)
    writer.writeOpaque(Array(kind.word.utf8))
    writer.write(UInt64(max(0, sent)))
    writer.write(read)
    writer.writeOpaque(body)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    inner = try reader.readFixed(Self.innerCount)
    guard let kind = ContentKind(word: try reader.readOpaque(max: 32)) else {
      throw .invalidValue
    }
    self.kind = kind
    guard let sent = Int64(exactly: try reader.readUInt64()), sent <= 253_402_300_799 else {
      throw .invalidValue
    }
    self.sent = sent
    read = try reader.read()
    // Longer bodies decode, so that the receiver can say what was wrong with them.
    body = try reader.readOpaque(max: 1 << 20)
  }
}
