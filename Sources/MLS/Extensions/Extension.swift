// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// ```
/// struct {
///     ExtensionType extension_type;
///     opaque extension_data<V>;
/// } Extension;
/// ```
/// RFC 9420 section 7.2.
public struct Extension: Hashable, Sendable, WireCodable {
  public var type: ExtensionType
  public var data: [UInt8]

  public init(type: ExtensionType, data: [UInt8]) {
    self.type = type
    self.data = data
  }

  public init(from reader: inout WireReader) throws(WireError) {
    type = try reader.read()
    data = try reader.readOpaque()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(type)
    writer.writeOpaque(data)
  }
}

extension [Extension] {
  /// The data of the extension of a type.
  public subscript(type: ExtensionType) -> [UInt8]? { first { $0.type == type }?.data }

  /// Whether no type occurs twice, RFC 9420 section 13.4.
  var hasUniqueTypes: Bool { Set(map(\.type)).count == count }
}
