// SPDX-License-Identifier: Apache-2.0

internal import WireFormat

/// `opaque x<V>` as a value, for optionals and vectors of byte strings.
struct Opaque: WireCodable, Hashable, Sendable {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func encode(into writer: inout WireWriter) { writer.writeOpaque(bytes) }

  init(from reader: inout WireReader) throws(WireError) { bytes = try reader.readOpaque() }
}
