// SPDX-License-Identifier: Apache-2.0

/// Reads the TLS presentation language (RFC 8446 §3, RFC 9420 §2.1).
///
/// Every method answers or throws; none allocates more than what is left to read, whatever a length
/// header claims. After an error the position is unspecified: drop the reader.
public struct WireReader: Sendable {
  private let bytes: [UInt8]
  private var index: Int
  private let end: Int

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    index = 0
    end = bytes.count
  }

  public init(_ slice: ArraySlice<UInt8>) {
    self.init(Array(slice))
  }

  private init(_ bytes: [UInt8], from index: Int, to end: Int) {
    self.bytes = bytes
    self.index = index
    self.end = end
  }

  /// Whether nothing is left.
  public var isAtEnd: Bool { index == end }

  /// How many bytes are left.
  public var remaining: Int { end - index }

  /// Where the reader stands, for ``bytes(since:)``.
  public var position: Int { index }

  /// What has been read since `position`, as it was received: what was signed is never re-encoded.
  public func bytes(since position: Int) -> [UInt8] {
    guard position >= 0, position <= index else { return [] }
    return Array(bytes[position..<index])
  }

  /// The same, of at most `max` bytes: a structure of several vectors can be longer than one may be.
  public func bytes(since position: Int, max: Int) throws(WireError) -> [UInt8] {
    guard index - position <= max else { throw .tooLong }
    return bytes(since: position)
  }

  /// Refuses bytes that nothing has read.
  public func finish() throws(WireError) {
    guard isAtEnd else { throw .trailingBytes }
  }

  // MARK: Integers, big-endian

  public mutating func readUInt8() throws(WireError) -> UInt8 {
    guard remaining >= 1 else { throw .truncated }
    defer { index += 1 }
    return bytes[index]
  }

  public mutating func readUInt16() throws(WireError) -> UInt16 {
    guard remaining >= 2 else { throw .truncated }
    defer { index += 2 }
    return UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
  }

  public mutating func readUInt32() throws(WireError) -> UInt32 {
    guard remaining >= 4 else { throw .truncated }
    let high = try readUInt16()
    return UInt32(high) << 16 | UInt32(try readUInt16())
  }

  public mutating func readUInt64() throws(WireError) -> UInt64 {
    guard remaining >= 8 else { throw .truncated }
    let high = try readUInt32()
    return UInt64(high) << 32 | UInt64(try readUInt32())
  }

  // MARK: Bytes

  /// `opaque x[count]`.
  public mutating func readFixed(_ count: Int) throws(WireError) -> [UInt8] {
    guard count >= 0, remaining >= count else { throw .truncated }
    defer { index += count }
    return Array(bytes[index..<index + count])
  }

  /// The length header of a vector; only the shortest encoding is accepted (RFC 9420 §2.1.2).
  public mutating func readLength() throws(WireError) -> Int {
    let first = try readUInt8()
    switch first >> 6 {
    case 0:
      return Int(first)
    case 1:
      let length = Int(first & 0x3f) << 8 | Int(try readUInt8())
      guard length >= 0x40 else { throw .nonMinimalLength }
      return length
    case 2:
      guard remaining >= 3 else { throw .truncated }
      let high = Int(first & 0x3f) << 24 | Int(try readUInt8()) << 16
      let length = high | Int(try readUInt16())
      guard length >= 0x4000 else { throw .nonMinimalLength }
      return length
    default:
      throw .nonMinimalLength
    }
  }

  /// `opaque x<V>`, of at most `max` bytes.
  public mutating func readOpaque(max: Int = .max) throws(WireError) -> [UInt8] {
    let length = try readLength()
    guard length <= max else { throw .tooLong }
    return try readFixed(length)
  }

  // MARK: Structures

  public mutating func read<T: WireDecodable>(_ type: T.Type = T.self) throws(WireError) -> T {
    try T(from: &self)
  }

  /// `T x<V>`: items until the length is used up, of at most `maxBytes` together.
  public mutating func readVector<T: WireDecodable>(
    of type: T.Type = T.self, maxBytes: Int = .max
  ) throws(WireError) -> [T] {
    var items: [T] = []
    try readVector(maxBytes: maxBytes) { (reader) throws(WireError) in
      while !reader.isAtEnd {
        let before = reader.position
        items.append(try T(from: &reader))
        // An item of no bytes would be read for ever.
        guard reader.position > before else { throw .invalidValue }
      }
    }
    return items
  }

  /// Hands `body` a reader of one length-prefixed vector, and checks that it was read to its end.
  public mutating func readVector<R>(
    maxBytes: Int = .max, _ body: (inout WireReader) throws(WireError) -> R
  ) throws(WireError) -> R {
    let length = try readLength()
    guard length <= maxBytes else { throw .tooLong }
    guard remaining >= length else { throw .truncated }
    var inner = WireReader(bytes, from: index, to: index + length)
    let result = try body(&inner)
    try inner.finish()
    index += length
    return result
  }

  /// `optional<T>`: a byte 0, or a byte 1 and the value (RFC 9420 §2.1.1).
  public mutating func readOptional<T: WireDecodable>(
    _ type: T.Type = T.self
  ) throws(WireError) -> T? {
    switch try readUInt8() {
    case 0: return nil
    case 1: return try T(from: &self)
    default: throw .invalidValue
    }
  }
}
