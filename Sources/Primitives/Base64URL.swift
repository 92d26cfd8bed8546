// SPDX-License-Identifier: Apache-2.0

import CSodium

/// base64url without padding (RFC 4648 §5), canonical only, without table look-ups.
public enum Base64URL {
  public static func encode(_ bytes: [UInt8]) -> String {
    String(decoding: encoded(bytes), as: UTF8.self)
  }

  private static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    _ = Sodium.ready
    let size = sodium_base64_encoded_len(
      bytes.count, Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING))
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
        _ = unsafe sodium_bin2base64(
          buffer.baseAddress!, size, bytes, bytes.count,
          Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING))
      }
      // libsodium ends the text with a zero.
      filled = size - 1
    }
  }

  /// The bytes, or nil for anything that ``encode(_:)`` would not have written.
  public static func decode(_ text: String) -> [UInt8]? { decode(text[...]) }

  /// The bytes, or nil for anything that ``encode(_:)`` would not have written.
  public static func decode(_ text: Substring) -> [UInt8]? {
    let decoded = unsafe text.utf8.withContiguousStorageIfAvailable {
      unsafe decode($0)
    }
    if let decoded { return decoded }
    let copy = Array(text.utf8)
    return unsafe copy.withUnsafeBufferPointer { unsafe decode($0) }
  }

  /// libsodium refuses what is left over: other last bits, padding, and, where none are to be ignored, any
  /// other character of ASCII. Of other bytes it takes some for digits.
  private static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    _ = Sodium.ready
    guard unsafe text.reduce(0, |) < 0x80 else { return nil }
    let capacity = text.count / 4 * 3 + 3
    var count = 0
    var done = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
      done =
        unsafe text.withMemoryRebound(to: CChar.self) { text in
          unsafe sodium_base642bin(
            buffer.baseAddress!, capacity, text.baseAddress, text.count, nil, &count, nil,
            Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING))
        } == 0
      filled = done ? count : 0
    }
    return done ? bytes : nil
  }
}
