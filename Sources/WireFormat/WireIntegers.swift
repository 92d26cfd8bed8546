// SPDX-License-Identifier: Apache-2.0

extension UInt8: WireEncodable, WireDecodable {
  public func encode(into writer: inout WireWriter) { writer.write(self) }
  public init(from reader: inout WireReader) throws(WireError) { self = try reader.readUInt8() }
}

extension UInt16: WireEncodable, WireDecodable {
  public func encode(into writer: inout WireWriter) { writer.write(self) }
  public init(from reader: inout WireReader) throws(WireError) { self = try reader.readUInt16() }
}

extension UInt32: WireEncodable, WireDecodable {
  public func encode(into writer: inout WireWriter) { writer.write(self) }
  public init(from reader: inout WireReader) throws(WireError) { self = try reader.readUInt32() }
}

extension UInt64: WireEncodable, WireDecodable {
  public func encode(into writer: inout WireWriter) { writer.write(self) }
  public init(from reader: inout WireReader) throws(WireError) { self = try reader.readUInt64() }
}
