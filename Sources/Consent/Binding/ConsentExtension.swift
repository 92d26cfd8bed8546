// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// The body of group-context extension 0xF0A1: which ledger an epoch stands under.
///
/// ```
/// struct { uint8 version = 1; uint32 length; opaque head[32]; } ConsentExtension;
/// ```
///
/// A pure function of the ledger, which every receiver of a commit computes for itself and compares.
public struct ConsentExtension: Hashable, Sendable, WireEncodable, WireDecodable {
  public static let extensionType: UInt16 = 0xF0A1
  public static let version: UInt8 = 1

  /// How many lines the ledger has.
  public let length: UInt32
  public let head: ConsentHead

  public init(length: UInt32, head: ConsentHead) {
    self.length = length
    self.head = head
  }

  /// The extension of every epoch that stands under exactly this ledger.
  public init(_ ledger: Ledger) {
    self.init(length: UInt32(truncatingIfNeeded: ledger.length), head: ledger.head)
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(length)
    writer.writeFixed(head.bytes)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    length = try reader.readUInt32()
    guard let head = ConsentHead(try reader.readFixed(32)) else { throw .truncated }
    self.head = head
  }
}
