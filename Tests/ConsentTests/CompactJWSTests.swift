// SPDX-License-Identifier: Apache-2.0

import Certificates
import Primitives
import Testing

@testable import Consent

@Suite struct CompactJWSTests {
  let story = Story()

  @Test func `the thumbprint and the signature are those of RFC 8037 appendix A`() throws {
    let key = try Encoded.bytes(of: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    #expect(
      KeyThumbprint(of: try #require(DeviceKey(key))).text
        == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    let signature =
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    #expect(
      Ed25519.verify(
        signature: try Encoded.bytes(of: signature), message: Array(input.utf8), publicKey: key))
    // A valid JWS, and yet no line: its header names no key and no type.
    #expect(throws: ConsentError.line(.header)) {
      try CompactJWS(Array("\(input).\(signature)".utf8))
    }
  }

  @Test(arguments: ["EdDSA", "Ed25519"])
  func `both names of the algorithm are accepted`(_ algorithm: String) throws {
    let bytes = Forge.jws(
      Forge.header(story.desk, algorithm: algorithm), Array("{}".utf8), story.desk)
    let jws = try CompactJWS(bytes)
    #expect(jws.isSigned(by: story.desk.publicKey))
    #expect(!jws.isSigned(by: story.phone.publicKey))
    #expect(jws.bytes == bytes)
  }

  static let headers: [@Sendable (String) -> String] = [
    { $0.replacing("EdDSA", with: "none") }, { $0.replacing("EdDSA", with: "HS256") },
    { $0.replacing("EdDSA", with: "ES256") }, { $0.replacing("EdDSA", with: "eddsa") },
    { $0.replacing("EdDSA", with: "Ed448") },
    { $0.replacing("alcove-consent+jws", with: "JWT") },
    { $0.replacing("alcove-consent+jws", with: "application/alcove-consent+jws") },
    { $0.replacing("}", with: ",\"jwk\":{}}") },
    { $0.replacing("}", with: ",\"jku\":\"https://example.org\"}") },
    { $0.replacing("}", with: ",\"x5c\":[]}") }, { $0.replacing("}", with: ",\"x5u\":\"x\"}") },
    { $0.replacing("}", with: ",\"x5t\":\"x\"}") },
    { $0.replacing("}", with: ",\"crit\":[\"b64\"],\"b64\":false}") },
    { $0.replacing("}", with: ",\"b64\":true}") }, { $0.replacing("}", with: ",\"cty\":\"x\"}") },
    { $0.replacing("}", with: ",\"zip\":\"DEF\"}") }, { $0.replacing(",", with: ", ") },
    { $0 + " " }, { " " + $0 }, { $0.replacing("\"alg\"", with: "\"\\u0061lg\"") },
    { _ in "{}" }, { _ in "[]" }, { _ in "null" },
    { "[" + $0 + "]" },
    { header in
      let kid = header.split(separator: "\"kid\":\"")[1].prefix(43)
      return header.replacing(kid, with: kid.dropLast())
    },
    { header in
      let kid = header.split(separator: "\"kid\":")[1].prefix(45)
      return "{\"kid\":\(kid),\"alg\":\"EdDSA\",\"typ\":\"alcove-consent+jws\"}"
    },
    { header in
      let kid = header.split(separator: "\"kid\":")[1].prefix(45)
      return "{\"alg\":\"EdDSA\",\"kid\":\(kid)}"
    },
  ]

  @Test(arguments: headers.indices)
  func `any other header is refused, however well it is signed`(_ index: Int) {
    let header = Self.headers[index](Forge.header(story.desk))
    #expect(header != Forge.header(story.desk))
    let bytes = Forge.jws(header, Array("{}".utf8), story.desk)
    #expect(throws: ConsentError.self) { try CompactJWS(bytes) }
  }

  @Test func `a header with a member twice is refused as such`() {
    let header = Forge.header(story.desk).replacing("}", with: ",\"alg\":\"EdDSA\"}")
    #expect(throws: ConsentError.json(.duplicateMember)) {
      try CompactJWS(Forge.jws(header, Array("{}".utf8), story.desk))
    }
  }

  static let shapes: [@Sendable (String) -> String] = [
    { _ in "" }, { _ in "." }, { _ in ".." }, { _ in "..." }, { $0 + "." }, { "." + $0 },
    { $0 + "=" }, { $0 + "A" }, { $0 + "\n" }, { " " + $0 }, { $0 + ".e30" },
    { $0.replacing(".", with: "=.") }, { $0.replacing(".", with: ":") },
    { String($0.prefix(while: { $0 != "." })) },
    { $0.split(separator: ".").dropLast().joined(separator: ".") },
    { $0.split(separator: ".").dropLast().joined(separator: ".") + "." },
    { $0.split(separator: ".").dropLast().joined(separator: ".") + ".AAAA" },
    { String($0.dropLast(4)) }, { $0 + "AAAA" },
    { "\u{FEFF}" + $0 }, { "{\"payload\":\"" + $0 + "\"}" },
  ]

  @Test(arguments: shapes.indices)
  func `anything but three parts of canonical base64url is refused`(_ index: Int) {
    let line = String(
      decoding: Forge.jws(Forge.header(story.desk), Array("{}".utf8), story.desk), as: UTF8.self)
    #expect(throws: ConsentError.self) {
      try CompactJWS(Array(Self.shapes[index](line).utf8))
    }
  }

  @Test func `unused bits of the last character of a signature must be zero`() throws {
    var bytes = Forge.jws(Forge.header(story.desk), Array("{}".utf8), story.desk)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    let last = try #require(alphabet.firstIndex(of: bytes[bytes.count - 1]))
    #expect(last % 16 == 0)
    for other in (last + 1)..<(last + 16) {
      bytes[bytes.count - 1] = alphabet[other]
      #expect(throws: ConsentError.line(.base64url)) { try CompactJWS(bytes) }
    }
  }

  @Test func `a line is bounded before it is read`() {
    let bytes = [UInt8](repeating: UInt8(ascii: "A"), count: UnverifiedLine.maximumBytes + 1)
    #expect(throws: ConsentError.line(.tooLarge)) { try CompactJWS(bytes) }
  }

  @Test func `a wrong kid does not verify under the key that signed`() throws {
    let bytes = Forge.jws(Forge.header(story.phone), Array("{}".utf8), story.desk)
    let jws = try CompactJWS(bytes)
    #expect(!jws.isSigned(by: story.desk.publicKey))
    #expect(!jws.isSigned(by: story.phone.publicKey))
  }
}
