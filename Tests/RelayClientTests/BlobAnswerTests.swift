// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayClient
import RelayProtocol
import Testing

/// What a relay may answer to a question for a blob, and what is none.
@Suite struct BlobAnswerTests {
  private static let access = BlobAccess(
    channel: ClientFixture.channel, token: ClientFixture.token,
    blob: BlobID(random: SeededRandom(seed: 1)))
  private static let length = PartIndex.partLength
  private static let whole = [UInt8](repeating: 1, count: length)

  private func read(
    _ fields: [String: String], _ body: [UInt8]
  ) async throws -> [UInt8] {
    let server = try ScriptedServer([.answer(206, fields, body)])
    let part = try #require(PartIndex(1))
    return try await ClientFixture.withClient(
      of: server.address, patience: { $0.answer = .seconds(20) }
    ) {
      try await $0.readPart(Self.access, part)
    }
  }

  @Test func `a part is the one that was asked for, and whole`() async throws {
    let range = "bytes \(Self.length)-\(2 * Self.length - 1)/"
    #expect(try await read(["Content-Range": range + "*"], Self.whole) == Self.whole)
    for (field, body) in [
      (range + "*", Array(Self.whole.dropLast())), (range + "*", []),
      ("bytes 0-\(Self.length - 1)/*", Self.whole),
      ("bytes \(Self.length)-\(2 * Self.length)/*", Self.whole),
    ] {
      await #expect(throws: RelayError.malformedAnswer) {
        try await read(["Content-Range": field], body)
      }
    }
    await #expect(throws: RelayError.malformedAnswer) { try await read([:], Self.whole) }
  }

  @Test func `a seal is a number in its one spelling and a hash`() async throws {
    let hash = BlobHash(checked: [UInt8](repeating: 4, count: 32))
    let text = Base64URL.encode(hash.bytes)
    func make(_ seal: String) async throws -> BlobState {
      let server = try ScriptedServer([.answer(200, [HeaderName.seal: seal])])
      return try await ClientFixture.withClient(of: server.address) {
        try await $0.makeBlob(Self.access)
      }
    }
    guard case .sealed(let seal) = try await make("3.\(text)") else {
      Issue.record("a seal is read as one")
      return
    }
    #expect(seal == BlobSeal(parts: 3, hash: hash))
    for forged in [
      "03.\(text)", "+3.\(text)", "3.\(text).3", "3.\(text).", "3", ".\(text)", "0.\(text)",
      "8193.\(text)", "3.\(text.dropLast(2))", "3.",
    ] {
      await #expect(throws: RelayError.malformedAnswer) { _ = try await make(forged) }
    }
  }
}
