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
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    _ = Sodium.ready
    let input = Array(text.utf8)
    let capacity = input.count / 4 * 3 + 3
    var count = 0
    var done = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
      done = unsafe input.withUnsafeBytes { input in
        unsafe sodium_base642bin(
          buffer.baseAddress!, capacity, input.bindMemory(to: CChar.self).baseAddress,
          input.count, nil, &count, nil, Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING)) == 0
      }
      filled = done ? count : 0
    }
    // Encoding again finds what is left over: other last bits, ignored characters.
    guard done, encoded(bytes) == input else { return nil }
    return bytes
  }
}
