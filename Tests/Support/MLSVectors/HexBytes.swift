// SPDX-License-Identifier: Apache-2.0

/// Bytes that a vector file gives in hexadecimal.
struct HexBytes: Decodable, Hashable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let digits = Array(try container.decode(String.self).utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var valid = digits.count.isMultiple(of: 2)
    for place in stride(from: 0, to: digits.count - 1, by: 2) where valid {
      guard let high = Self.value(digits[place]), let low = Self.value(digits[place + 1]) else {
        valid = false
        break
      }
      bytes.append(high << 4 | low)
    }
    guard valid else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hexadecimal")
    }
    self.bytes = bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
