// SPDX-License-Identifier: Apache-2.0

/// Appends values in the TLS presentation language (RFC 8446 §3, RFC 9420 §2.1).
public struct WireWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8]

  public init(reservingCapacity capacity: Int = 0) {
    bytes = []
    if capacity > 0 { bytes.reserveCapacity(capacity) }
  }

  // MARK: Integers, big-endian

  public mutating func write(_ value: UInt8) {
    bytes.append(value)
  }

  public mutating func write(_ value: UInt16) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  public mutating func write(_ value: UInt32) {
    write(UInt16(truncatingIfNeeded: value >> 16))
    write(UInt16(truncatingIfNeeded: value))
  }

  public mutating func write(_ value: UInt64) {
    write(UInt32(truncatingIfNeeded: value >> 32))
    write(UInt32(truncatingIfNeeded: value))
  }

  // MARK: Bytes

  /// `opaque x[n]`: the bytes without a length; the reader knows it.
  public mutating func writeFixed(_ value: [UInt8]) {
    bytes.append(contentsOf: value)
  }

  /// `opaque x[n]`: the bytes without a length; the reader knows it.
  public mutating func writeFixed(_ value: ArraySlice<UInt8>) {
    bytes.append(contentsOf: value)
  }

  /// `opaque x[n]`: the bytes without a length; the reader knows it.
  public mutating func writeFixed(_ value: Span<UInt8>) {
    for index in value.indices { bytes.append(value[index]) }
  }

  /// The length header of a vector (see ``WireLength``).
  ///
  /// Lengths above 2^30 - 1 are a programmer's mistake: every caller bounds what it writes.
  public mutating func writeLength(_ length: Int) {
    precondition(length >= 0 && length <= WireLength.maximum, "vector too long for its header")
    switch WireLength.headerSize(of: length) {
    case 1: write(UInt8(truncatingIfNeeded: length))
    case 2: write(UInt16(truncatingIfNeeded: length) | 0x4000)
    default: write(UInt32(truncatingIfNeeded: length) | 0x8000_0000)
    }
  }

  /// `opaque x<V>`.
  public mutating func writeOpaque(_ value: [UInt8]) {
    writeLength(value.count)
    bytes.append(contentsOf: value)
  }

  /// `opaque x<V>`.
  public mutating func writeOpaque(_ value: some Collection<UInt8>) {
    writeLength(value.count)
    bytes.append(contentsOf: value)
  }

  // MARK: Structures

  public mutating func write(_ value: some WireEncodable) {
    value.encode(into: &self)
  }

  /// `T x<V>`: the items one after the other, behind their length in bytes.
  public mutating func writeVector<T: WireEncodable>(_ items: [T]) {
    writeVector { writer in
      for item in items { item.encode(into: &writer) }
    }
  }

  /// Whatever `body` writes, behind its length in bytes.
  public mutating func writeVector(_ body: (inout WireWriter) -> Void) {
    // One byte is kept for the header, which is what most vectors need; longer ones are moved.
    let start = bytes.count
    bytes.append(0)
    body(&self)
    let length = bytes.count - start - 1
    if WireLength.headerSize(of: length) == 1 {
      bytes[start] = UInt8(truncatingIfNeeded: length)
    } else {
      var header = WireWriter()
      header.writeLength(length)
      bytes.replaceSubrange(start...start, with: header.bytes)
    }
  }

  /// `optional<T>`: a byte 0, or a byte 1 and the value (RFC 9420 §2.1.1).
  public mutating func writeOptional<T: WireEncodable>(_ value: T?) {
    if let value {
      write(UInt8(1))
      value.encode(into: &self)
    } else {
      write(UInt8(0))
    }
  }
}
