// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import WireFormat

/// All that a member needs to read a blob; it travels inside the encryption.
///
/// ```
/// struct {
///   uint8 version = 1; opaque blob[32]; opaque key[32]; uint32 parts; uint64 length;
/// } BlobReference;
/// ```
public struct BlobReference: Sendable, WireEncodable, WireDecodable {
  static let version: UInt8 = 1
  /// Size of the key in bytes.
  public static let keyLength = 32
  /// What a part holds besides its authentication tag, in bytes.
  public static let partCapacity = PartIndex.partLength - 16
  /// The longest content in bytes.
  public static let maximumLength = UInt64(PartIndex.maximumCount) * UInt64(partCapacity)

  public let blob: BlobID
  /// XChaCha20-Poly1305, for this one content and no other.
  public let key: SharedSecret
  /// The content's length in bytes, without the padding of the last part.
  public let length: UInt64

  /// Refuses a key of another size than ``keyLength`` and a length above ``maximumLength``.
  public init(blob: BlobID, key: SharedSecret, length: UInt64) throws(WireError) {
    guard key.count == Self.keyLength, length <= Self.maximumLength else { throw .invalidValue }
    self.blob = blob
    self.key = key
    self.length = length
  }

  /// How many parts hold the content: at least one.
  public var parts: UInt32 {
    let capacity = UInt64(Self.partCapacity)
    return UInt32(max(1, (length + capacity - 1) / capacity))
  }

  /// The places of the parts. (All are below the most that there may be: the length is bounded.)
  public var indices: [PartIndex] { (0..<parts).compactMap { PartIndex(UInt64($0)) } }

  /// Where the content of a part lies in the whole; empty for one that there is not.
  public func range(of part: PartIndex) -> Range<UInt64> {
    let start = UInt64(part.value) * UInt64(Self.partCapacity)
    return min(start, length)..<min(start + UInt64(Self.partCapacity), length)
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(blob)
    writer.writeFixed(key.exposedBytes())
    writer.write(parts)
    writer.write(length)
  }

  public init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    let blob: BlobID = try reader.read()
    var key = try reader.readFixed(Self.keyLength)
    let secret = SharedSecret(wiping: &key)
    let parts = try reader.readUInt32()
    try self.init(blob: blob, key: secret, length: try reader.readUInt64())
    guard parts == self.parts else { throw .invalidValue }
  }
}
