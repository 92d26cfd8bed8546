// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// The authenticated data of a commit.
///
/// ```
/// struct { uint8 version = 1; ReadMark read; optional<opaque line<V>>; } CommitData;
/// ```
///
/// A consent line travels with the very commit whose group context carries its head: all or nothing.
struct CommitData: WireCodable, Equatable, Sendable {
  static let version: UInt8 = 1

  var read: ReadMark
  /// A consent line as signed.
  var line: [UInt8]?

  init(read: ReadMark, line: [UInt8]?) {
    self.read = read
    self.line = line
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(read)
    writer.writeOptional(line.map { Opaque($0) })
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    read = try reader.read()
    line = try reader.readOptional(Opaque.self)?.bytes
  }
}
