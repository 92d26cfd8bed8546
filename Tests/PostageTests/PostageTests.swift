// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import TestSupport
import Testing
import WireFormat

@testable import Postage

@Suite struct PostageTests {
  private static let identity = [UInt8](repeating: 7, count: 32)
  private static let challenge = PostageChallenge.digest(identity: identity)
  /// Made once: a key takes a second.
  private static let issuer = Result { try PostagePrivateKey() }

  private static func hex(_ text: String) throws -> [UInt8] {
    try #require(Hex.decode(text.filter { $0 != " " }))
  }

  @Test(arguments: BlindRSAVector.all.indices)
  func `the vectors of RFC 9578 come out: key, answer, token`(_ index: Int) throws {
    let vector = BlindRSAVector.all[index]
    let pem = String(decoding: try Self.hex(vector.privateKey), as: UTF8.self)
    let issuer = try PostagePrivateKey(text: pem)
    #expect(issuer.publicKey.bytes == (try Self.hex(vector.publicKey)))
    let request = try PostageRequest(bytes: try Self.hex(vector.request))
    let answer = try issuer.answer(request)
    #expect(answer.bytes == (try Self.hex(vector.answer)))

    let challenge = Digest.sha256(try Self.hex(vector.challenge))
    let state =
      try issuer.publicKey.bytes + request.bytes + Self.hex(vector.nonce) + challenge
      + Self.hex(vector.inverse)
    let pending = try PendingPostage(wireBytes: state)
    let token = try pending.token(answer)
    #expect(token.bytes == (try Self.hex(vector.token)))
    #expect(issuer.publicKey.isValid(token, challenge: challenge))
  }

  @Test func `what is asked for in one process is taken in another`() throws {
    let issuer = try Self.issuer.get()
    let pending = try PendingPostage(
      issuer.publicKey, challenge: Self.challenge, random: SystemRandom())
    let again = try PendingPostage(wireBytes: pending.wireBytes)
    let answer = try PostagePrivateKey(text: issuer.text).answer(again.request)
    let token = try again.token(answer)
    let keys = PostageKeys([issuer.publicKey], identity: Self.identity)
    #expect(keys.accept(token))
    #expect(token.key == issuer.publicKey.id)
    // Nothing of the token is in what the issuer sees.
    for part in [token.nonce.bytes, token.challenge, token.authenticator] {
      #expect(!pending.request.bytes.contains(part))
      #expect(!answer.bytes.contains(part))
    }
  }

  @Test func `a token counts with its own key, its own relay and every bit`() throws {
    let issuer = try Self.issuer.get()
    let pending = try PendingPostage(
      issuer.publicKey, challenge: Self.challenge, random: SystemRandom())
    let token = try pending.token(try issuer.answer(pending.request))
    let keys = PostageKeys([issuer.publicKey], identity: Self.identity)
    #expect(!PostageKeys([], identity: Self.identity).accept(token))
    #expect(!PostageKeys([issuer.publicKey], identity: [1]).accept(token))
    for index in token.bytes.indices {
      var bytes = token.bytes
      bytes[index] ^= 1 << UInt8(index % 8)
      #expect(!keys.accept(PostageToken(checked: bytes)), "byte \(index)")
    }
  }

  @Test func `answers that do not fit are refused, and the right one still counts`() throws {
    let issuer = try Self.issuer.get()
    func pending() throws -> PendingPostage {
      try PendingPostage(issuer.publicKey, challenge: Self.challenge, random: SystemRandom())
    }
    let first = try pending()
    let other = try issuer.answer(try pending().request)
    for bytes in [
      other.bytes, [UInt8](repeating: 0, count: 256), [UInt8](repeating: 255, count: 256),
    ] {
      let answer = try PostageAnswer(bytes: bytes)
      #expect(throws: PostageError.badAnswer) { try first.token(answer) }
    }
    _ = try first.token(try issuer.answer(first.request))
  }

  @Test func `a request for another key or kind is not signed`() throws {
    let issuer = try Self.issuer.get()
    let pending = try PendingPostage(
      issuer.publicKey, challenge: Self.challenge, random: SystemRandom())
    for index in 0..<3 {
      var bytes = pending.request.bytes
      bytes[index] ^= 1
      let request = try PostageRequest(bytes: bytes)
      #expect(throws: PostageError.wrongKey) { try issuer.answer(request) }
    }
    // No number below the modulus.
    let large = PostageRequest(
      key: issuer.publicKey.id, blinded: [UInt8](repeating: 255, count: 256))
    #expect(throws: PostageError.wrongKey) { try issuer.answer(large) }
  }

  @Test func `whatever is not exactly such a key is refused`() throws {
    let good = try Self.issuer.get().publicKey.bytes
    _ = try PostageKey(bytes: good)
    for bad in [
      [], Array(good.dropLast()), good + [0], [UInt8](repeating: 0, count: good.count),
    ] {
      #expect(throws: PostageError.badKey) { try PostageKey(bytes: bad) }
    }
    // Everything around the modulus is fixed; inside, the highest and the lowest bit.
    for index in Array(0...81) + Array((good.count - 6)..<good.count) {
      var bytes = good
      bytes[index] ^= index == 81 ? 0x80 : 1
      #expect(throws: PostageError.badKey) { try PostageKey(bytes: bytes) }
    }
    // A modulus of ones alone is odd and long enough: what it is good for, it is good for.
    var ones = good
    for index in 81..<(good.count - 5) { ones[index] = 255 }
    if let key = try? PostageKey(bytes: ones) {
      _ = try? PendingPostage(key, challenge: Self.challenge, random: SystemRandom())
    }
  }

  @Test func `requests and answers are mailed as text`() throws {
    let random = SeededRandom(seed: 1)
    let requests = (0..<3).map { _ in PostageRequest(checked: random.bytes(259)) }
    let answers = (0..<3).map { _ in PostageAnswer(checked: random.bytes(256)) }
    let text = PostageText.write(requests)
    #expect(try PostageText.requests(in: text) == requests)
    #expect(try PostageText.answers(in: PostageText.write(answers)) == answers)
    #expect(
      try PostageText.requests(in: "\r\n" + text.replacing("\n", with: " \r\n\r\n")) == requests)
    for bad in [
      "", "\n", PostageText.write(answers), "alcove-postage-request 1\n", text + "x\n",
      text.replacing("request 1", with: "request 2"), String(text.dropLast(3)),
      text + String(repeating: text.split(separator: "\n")[1] + "\n", count: 1_000),
      String(repeating: " ", count: 1 << 20),
    ] {
      #expect(throws: PostageError.badText) { try PostageText.requests(in: bad) }
    }
  }

  @Test func `a purpose is that channel and nothing else`() throws {
    let random = SeededRandom(seed: 2)
    func channel(_ id: ChannelID, _ kind: ChannelClass, _ token: TokenHash, _ turn: TurnHash)
      -> PostagePurpose
    {
      .creating(NewChannel(id: id, kind: kind, token: token, turn: turn))
    }
    let id = try ChannelID(bytes: random.bytes(32))
    let token = try TokenHash(bytes: random.bytes(32))
    let turn = try TurnHash(bytes: random.bytes(32))
    let other = random.bytes(32)
    let all = [
      channel(id, .intake, token, turn), channel(id, .relationship, token, turn),
      channel(try ChannelID(bytes: other), .intake, token, turn),
      channel(id, .intake, try TokenHash(bytes: other), turn),
      channel(id, .intake, token, try TurnHash(bytes: other)), .extending(id),
    ]
    #expect(Set(all).count == all.count)
    #expect(all[0] == channel(id, .intake, token, turn))
  }

  @Test func `a token, a key and what waits for an answer do not print`() throws {
    let issuer = try Self.issuer.get()
    let pending = try PendingPostage(
      issuer.publicKey, challenge: Self.challenge, random: SystemRandom())
    let token = try pending.token(try issuer.answer(pending.request))
    for text in ["\(token)", String(reflecting: token)] {
      #expect(text == "PostageToken")
    }
    var dumped = ""
    dump(token, to: &dumped)
    #expect(!dumped.contains("\(token.nonce.bytes[0]), \(token.nonce.bytes[1])"))
  }
}
