// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Asks for a client to be added, RFC 9420 section 12.1.1.
public struct Add: Hashable, Sendable, WireCodable {
  public var keyPackage: KeyPackage

  public init(keyPackage: KeyPackage) { self.keyPackage = keyPackage }

  public init(from reader: inout WireReader) throws(WireError) { keyPackage = try reader.read() }

  public func encode(into writer: inout WireWriter) { writer.write(keyPackage) }
}
