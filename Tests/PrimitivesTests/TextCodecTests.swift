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

  @Test(arguments: ["a", "abc", "0g", "0x", "ab cd", "ab:cd", " ab", "äb", "a\0"])
  func `hex refuses what is not pairs of digits`(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }
}
