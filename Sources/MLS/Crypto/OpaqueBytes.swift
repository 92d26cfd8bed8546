// SPDX-License-Identifier: Apache-2.0

import Primitives
public import WireFormat

/// A byte string with a meaning of its own, `opaque x<V>` on the wire.
public protocol OpaqueBytes: Hashable, Sendable, WireCodable {
  var bytes: [UInt8] { get }
  init(_ bytes: [UInt8])
}

extension OpaqueBytes {
  public init(from reader: inout WireReader) throws(WireError) {
    self.init(try reader.readOpaque())
  }

  public func encode(into writer: inout WireWriter) { writer.writeOpaque(bytes) }

  public func hash(into hasher: inout Hasher) { hasher.combine(octets: bytes) }
}
