// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import WireFormat

extension WireReader {
  /// Seconds since 1970, as uint64.
  mutating func readTime() throws(WireError) -> Int64 {
    guard let time = Int64(exactly: try readUInt64()) else { throw .invalidValue }
    return time
  }

  /// A byte that is 0 or 1.
  mutating func readBool() throws(WireError) -> Bool {
    switch try readUInt8() {
    case 0: return false
    case 1: return true
    default: throw .invalidValue
    }
  }

  /// `opaque x<V>` of UTF-8.
  mutating func readText() throws(WireError) -> String {
    guard let text = String(validating: try readOpaque(), as: UTF8.self) else {
      throw .invalidValue
    }
    return text
  }

  /// A value stored as its one-byte raw value.
  mutating func readCase<T: RawRepresentable>(
    _ type: T.Type = T.self
  ) throws(WireError) -> T where T.RawValue == UInt8 {
    guard let value = T(rawValue: try readUInt8()) else { throw .invalidValue }
    return value
  }

  mutating func readOwner() throws(WireError) -> RecordOwner {
    guard let owner = RecordOwner(try readFixed(RecordOwner.count)) else { throw .truncated }
    return owner
  }
}

extension WireWriter {
  mutating func write(time: Int64) { write(UInt64(max(0, time))) }
  mutating func write(_ value: Bool) { write(UInt8(value ? 1 : 0)) }
  mutating func write(text: String) { writeOpaque(Array(text.utf8)) }
}
