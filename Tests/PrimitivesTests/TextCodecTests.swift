// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Primitives

@Suite struct TextCodecTests {
  @Test func `every byte string has one encoding in each alphabet`() {
    let random = SeededRandom(seed: 5)
    for count in 0..<130 {
      let bytes = random.bytes(count)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
      let text = Base64URL.encode(bytes)
      #expect(Base64URL.decode(text) == bytes)
      #expect(!text.contains("=") && !text.contains("+") && !text.contains("/"))
    }
  }

  // RFC 4648 §10, without padding
  @Test(
    arguments: [
      ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
      ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"), ("\u{3e}\u{3f}\u{ff}", "Pj_Dvw"),
    ])
  func `base64url agrees with the RFC`(_ text: String, _ encoded: String) {
    #expect(Base64URL.encode(Array(text.utf8)) == encoded)
    #expect(Base64URL.decode(encoded) == Array(text.utf8))
  }

  @Test(
    arguments: [
      "YR", "YQ==", "YQ=", "Y", "YQ\n", " YQ", "Y Q", "+/8", "_/8", "YQé", "Zm9v\0", "Zm9vY",
    ])
  func `base64url refuses what it would not write`(_ text: String) {
    #expect(Base64URL.decode(text) == nil)
  }

  @Test(arguments: ["", "Zm9v"]) func `of all endings base64url reads what it would write`(
    _ start: String
  ) {
    let characters = (UInt8(0)...255).map { String(UnicodeScalar($0)) }
    var read = 0
    for first in characters {
      for second in characters {
        for text in [start + first + second, start + first + second + "A"] {
          guard let bytes = Base64URL.decode(text) else { continue }
          read += 1
          if Base64URL.encode(bytes) != text { Issue.record("\(text)") }
        }
      }
    }
    // Two characters hold a byte and four bits of zero, three two bytes and two bits of zero.
    #expect(read == 64 * 4 + 64 * 64)
  }

  @Test(arguments: ["a", "abc", "0g", "0x", "ab cd", "ab:cd", " ab", "äb", "a\0"])
  func `hex refuses what is not pairs of digits`(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
