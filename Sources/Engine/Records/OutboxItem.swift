// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// Content of this device that is not known to lie at the relay, kept open under the store's seal so
/// that it can be sealed again in a later epoch.
struct OutboxItem: WireCodable, Sendable {
  static let version: UInt8 = 1

  let inner: [UInt8]
  let kind: ContentKind
  let sent: Int64
  /// The number of its row in the conversation; nil for an acknowledgement.
  let message: UInt64?
  let body: [UInt8]

  init(inner: [UInt8], kind: ContentKind, sent: Int64, message: UInt64?, body: [UInt8]) {
    self.inner = inner
    self.kind = kind
    self.sent = sent
    self.message = message
    self.body = body
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.writeFixed(inner)
    writer.write(text: kind.word)
    writer.write(time: sent)
    writer.writeOptional(message)
    writer.writeOpaque(body)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    inner = try reader.readFixed(Content.innerCount)
    guard let kind = ContentKind(word: try reader.readOpaque(max: 32)) else {
      throw .invalidValue
    }
    self.kind = kind
    sent = try reader.readTime()
    message = try reader.readOptional()
    body = try reader.readOpaque()
  }
}
