// SPDX-License-Identifier: Apache-2.0

import Primitives
public import WireFormat

/// A value of a fixed number of bytes that must not be mistaken for another, nor find its way into a
/// log: its description is its type's name.
public protocol OpaqueBytes: Hashable, Sendable, WireEncodable, WireDecodable,
  CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
  /// Size in bytes.
  static var length: Int { get }
  var bytes: [UInt8] { get }
  /// `bytes` are known to be of the right length.
  init(checked bytes: [UInt8])
}

extension OpaqueBytes {
  /// Refuses another size than ``length``.
  public init(bytes: [UInt8]) throws(WireError) {
    guard bytes.count == Self.length else { throw .invalidValue }
    self.init(checked: bytes)
  }

  public func encode(into writer: inout WireWriter) { writer.writeFixed(bytes) }

  public init(from reader: inout WireReader) throws(WireError) {
    self.init(checked: try reader.readFixed(Self.length))
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(octets: bytes) }

  public var description: String { String(describing: Self.self) }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
