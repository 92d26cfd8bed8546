// SPDX-License-Identifier: Apache-2.0

import WireFormat

/// The length headers of RFC 9420 section 2.1.2.
struct DeserializationVector: Vector {
  static let kind = "deserialization"
  static let signature: Set<String> = ["vlbytes_header", "length"]
  var suite: UInt16? { nil }

  let vlbytesHeader: HexBytes
  let length: Int

  func verify() throws {
    var reader = WireReader(vlbytesHeader.bytes)
    try expect(reader.readLength() == length, "length")
    try reader.finish()
    var writer = WireWriter()
    writer.writeLength(length)
    try expect(writer.bytes == vlbytesHeader.bytes, "vlbytes_header")
  }
}
