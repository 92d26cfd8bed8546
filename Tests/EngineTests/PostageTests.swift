// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import Postage
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// What channels are paid with, from the request to the last token.
@Suite struct PostageTests {
  /// Made once: a key takes a second.
  private static let issuer = Result { try PostagePrivateKey() }
  private static let later = Result { try PostagePrivateKey() }

  /// A practice whose relay asks for postage under the keys of these.
  private static func practice(
    _ issuers: [PostagePrivateKey]? = nil, seed: UInt64 = 1
  ) throws -> Practice {
    let issuers = try issuers ?? [issuer.get()]
    let keys = PostageKeys(
      issuers.map(\.publicKey),
      identity: MemoryRelay(random: SeededRandom(seed: 1)).identity.publicKey)
    return try Practice(
      seed: seed,
      postage: MemoryPostage(
        keys: issuers.map { Base64URL.encode($0.publicKey.bytes) }, accepts: keys.accept))
  }

  /// What the operator's command does.
  private static func answer(
    _ request: String, _ issuer: Result<PostagePrivateKey, any Error> = issuer
  ) throws -> String {
    let key = try issuer.get()
    return PostageText.write(try PostageText.requests(in: request).map { try key.answer($0) })
  }

  private static func fill(_ someone: Someone, _ count: Int) async throws {
    let request = try await someone.alcove.requestPostage(count)
    #expect(try someone.alcove.takePostage(answer(request)) == count)
  }

  @Test func `a client costs two tokens, and who has none is told what to do`() async throws {
    let practice = try Self.practice()
    let refusal = await #expect(throws: EngineError.self) {
      try await practice.ines.alcove.invite(practice.maraName)
    }
    #expect(refusal?.code == .postageMissing)
    #expect(refusal?.exit == .quota && refusal?.isDelay == true)
    #expect(refusal?.next == ["alcove relay postage request 20 > request"])

    try await Self.fill(practice.ines, 3)
    try await practice.invite()
    try await practice.settle()
    try practice.expectAgreement()
    #expect(practice.relay.spent == 2)
    #expect(try practice.ines.alcove.postage().held == 1)
    // The client pays for nothing, and has no wallet.
    #expect(throws: EngineError(.wrongRole)) { try practice.mara.alcove.postage() }
  }

  @Test func `an invitation that waits for postage goes out with a later sync`() async throws {
    let practice = try Self.practice()
    await #expect(throws: EngineError.self) {
      try await practice.ines.alcove.invite(practice.maraName)
    }
    let report = try await practice.ines.alcove.sync()
    #expect(report.obstacles.map(\.error.code) == [.postageMissing])
    try await Self.fill(practice.ines, 1)
    try await practice.ines.sync()
    #expect(practice.relay.spent == 1)
    try await practice.invite()
    #expect(practice.relay.spent == 1)
    // The relationship's own channel waits in the same way.
    let waiting = try await practice.ines.alcove.sync()
    #expect(waiting.obstacles.map(\.error.code) == [.postageMissing])
    try await Self.fill(practice.ines, 1)
    try await practice.settle()
    try practice.expectAgreement()
    #expect(practice.relay.spent == 2)
  }

  /// Twice no channel is made while the relay takes `other`; then it takes what it took before, and two
  /// tokens of three are spent.
  private static func invite(
    _ practice: Practice, meanwhile other: MemoryPostage, refusal code: EngineError.Code,
    held: Int
  ) async throws {
    try await fill(practice.ines, 3)
    let own = try #require(practice.relay.postage)
    practice.relay.postage = other
    for _ in 0..<2 {
      let refusal = await #expect(throws: EngineError.self) {
        try await practice.ines.alcove.invite(practice.maraName)
      }
      #expect(refusal?.code == code)
    }
    #expect(try practice.ines.alcove.postage().held == held)
    practice.relay.postage = own
    try await practice.invite()
    try await practice.settle()
    try practice.expectAgreement()
    #expect(practice.relay.spent == 2)
    #expect(try practice.ines.alcove.postage().held == 1)
  }

  @Test func `a relay that runs with another key for a while costs no token`() async throws {
    let practice = try Self.practice()
    let key = try Self.later.get().publicKey
    let others = PostageKeys([key], identity: practice.relay.identity.publicKey)
    try await Self.invite(
      practice,
      meanwhile: MemoryPostage(keys: [Base64URL.encode(key.bytes)], accepts: others.accept),
      refusal: .postageMissing, held: 3)
  }

  @Test func `a relay that refuses what fits it is shown one token and no more`() async throws {
    let practice = try Self.practice()
    let keys = try #require(practice.relay.postage).keys
    try await Self.invite(
      practice, meanwhile: MemoryPostage(keys: keys, accepts: { _ in false }),
      refusal: .relayInconsistent, held: 2)
  }

  @Test func `a token is not shown to a relay that calls itself another`() async throws {
    let practice = try Self.practice()
    // The same key under another identity, as it would mark who asks for tokens.
    let marking = MemoryRelay(
      random: SeededRandom(seed: 99), postage: practice.relay.postage,
      identity: Ed25519.generate(SeededRandom(seed: 99)).privateKey)
    practice.ines.network.move(to: marking)
    try await Self.fill(practice.ines, 3)
    practice.ines.network.move(to: practice.relay)
    let refusal = await #expect(throws: EngineError.self) {
      try await practice.ines.alcove.invite(practice.maraName)
    }
    #expect(refusal?.code == .postageMissing)
    #expect(try practice.ines.alcove.postage().held == 3)
    #expect(practice.relay.spent == 0)
  }

  @Test func `a relay that lists a key for each who asks is none to buy from`() async throws {
    let practice = try Self.practice()
    let own = try #require(practice.relay.postage)
    let other = Base64URL.encode(try Self.later.get().publicKey.bytes)
    practice.relay.postage = MemoryPostage(keys: own.keys + [other, other], accepts: own.accepts)
    await #expect(throws: EngineError(.relayInconsistent)) {
      try await practice.ines.alcove.requestPostage(1)
    }
  }

  @Test func `whatever point an inviting therapist's process ends at, no token is lost`()
    async throws
  {
    var point = 0
    var crashes = 0
    while true {
      let practice = try Self.practice(seed: UInt64(point) + 1)
      try await Self.fill(practice.ines, 4)
      let left = Mutex(point)
      practice.ines.atEachPoint { _ in
        try left.withLock { left in
          left -= 1
          if left < 0 { throw Someone.Crash() }
        }
      }
      let ended = (try? await practice.ines.alcove.invite(practice.maraName)) == nil
      practice.ines.neverCrash()
      try await practice.invite()
      try await practice.settle()
      try practice.expectAgreement()
      #expect(practice.relay.spent == 2, "after a crash at point \(point)")
      #expect(try practice.ines.alcove.postage().held == 2, "after a crash at point \(point)")
      if !ended { break }
      crashes += 1
      point += 1
    }
    #expect(crashes > 8)
  }

  @Test func `a lost answer is asked for again with the same token`() async throws {
    let practice = try Self.practice()
    try await Self.fill(practice.ines, 4)
    for fault in [TestNetwork.Fault.loseAnswer, .loseRequest, .unreachable] {
      // The first word about postage gets through, and what comes with the token does not.
      let calls = Mutex(0)
      practice.ines.network.fail { call in
        guard call == .create else { return .none }
        return calls.withLock { calls in
          calls += 1
          return calls == 2 ? fault : .none
        }
      }
      _ = try? await practice.ines.alcove.invite(practice.maraName)
      practice.ines.network.heal()
    }
    try await practice.invite()
    #expect(practice.relay.spent == 1)
    #expect(try practice.ines.alcove.postage().held == 3)
  }

  @Test func `a channel that a backup lacks costs one more token, and the client waits for it`()
    async throws
  {
    let practice = try Self.practice()
    let (ines, mara) = (practice.ines, practice.mara)
    try await Self.fill(ines, 2)
    try await practice.invite()
    try await practice.settle()
    let id = try ines.alcove.look(try ines.alcove.owner(of: practice.maraName)) { $0.channel.id }
    practice.relay.restore(id, to: nil, random: SeededRandom(seed: 82))
    #expect(try await mara.alcove.sync().obstacles.map(\.error.code) == [.channelLost])
    #expect(try await ines.alcove.sync().obstacles.map(\.error.code) == [.postageMissing])
    try await Self.fill(ines, 1)
    try await practice.settle()
    try practice.expectAgreement()
    #expect(practice.relay.spent == 3)
    _ = try await mara.alcove.send("and on", to: practice.inesName)
    try await practice.settle()
    #expect(try ines.texts(practice.maraName) == ["and on"])
  }

  @Test func `an answer is taken once, whole, and by who asked`() async throws {
    let practice = try Self.practice()
    let other = try Someone(.therapist, practice.relay, practice.clock, seed: 50)
    let request = try await practice.ines.alcove.requestPostage(3)
    let answer = try Self.answer(request)
    let lines = answer.split(separator: "\n")
    for bad in [
      "", "nonsense", request, lines.dropLast().joined(separator: "\n"),
      ([lines[0]] + lines[1...].reversed()).joined(separator: "\n"),
      [lines[0], lines[1], lines[3], lines[2]].joined(separator: "\n"),
    ] {
      #expect(throws: EngineError(.postageAnswerInvalid)) {
        try practice.ines.alcove.takePostage(bad)
      }
    }
    #expect(throws: EngineError(.postageAnswerInvalid)) { try other.alcove.takePostage(answer) }
    #expect(try practice.ines.alcove.postage() == PostageStatus(held: 0, requested: 3))
    // Requests that were made later do not stand in the way.
    _ = try await practice.ines.alcove.requestPostage(3)
    #expect(try practice.ines.alcove.takePostage(answer) == 3)
    #expect(try practice.ines.alcove.postage() == PostageStatus(held: 3, requested: 3))
    #expect(throws: EngineError(.postageAnswerInvalid)) {
      try practice.ines.alcove.takePostage(answer)
    }
  }

  @Test func `a key shown by somebody in between gives no tokens`() async throws {
    // What is shown is not the key that the operator signs with.
    let practice = try Self.practice([Self.later.get()])
    let request = try await practice.ines.alcove.requestPostage(2)
    // One key in 256 begins like another: then the answer is made, and not taken.
    if let answer = try? Self.answer(request) {
      #expect(throws: EngineError(.postageAnswerInvalid)) {
        try practice.ines.alcove.takePostage(answer)
      }
    }
    #expect(try practice.ines.alcove.postage() == PostageStatus(held: 0, requested: 2))
  }

  @Test func `what cannot be asked for is not`() async throws {
    let practice = try Self.practice()
    for count in [-1, 0, 1_001] {
      await #expect(throws: EngineError(.postageCount)) {
        try await practice.ines.alcove.requestPostage(count)
      }
    }
    await #expect(throws: EngineError(.wrongRole)) {
      try await practice.mara.alcove.requestPostage(1)
    }
    let open = try Practice()
    await #expect(throws: EngineError(.postageNotNeeded)) {
      try await open.ines.alcove.requestPostage(1)
    }
  }

  @Test func `a token that a copy of the profile has spent is passed over`() async throws {
    let practice = try Self.practice()
    try await Self.fill(practice.ines, 2)
    let copy = practice.ines.copied()
    _ = try await copy.alcove.invite(LocalName("jonas")!)
    _ = try await copy.alcove.invite(LocalName("lena")!)
    #expect(practice.relay.spent == 2)
    let refusal = await #expect(throws: EngineError.self) {
      try await practice.ines.alcove.invite(practice.maraName)
    }
    #expect(refusal?.code == .postageMissing)
    #expect(practice.relay.spent == 2)
  }

  @Test func `a token of a key that is no longer good is passed over`() async throws {
    let practice = try Self.practice()
    try await Self.fill(practice.ines, 1)
    let (issuer, later) = (try Self.issuer.get(), try Self.later.get())
    // The relay was made anew, with the same identity and another key.
    let moved = try Self.practice([later])
    practice.ines.network.move(to: moved.relay)
    let request = try await practice.ines.alcove.requestPostage(2)
    #expect(try practice.ines.alcove.takePostage(Self.answer(request, Self.later)) == 2)
    #expect(issuer.publicKey != later.publicKey)
    for name in ["mara", "jonas"] {
      _ = try await practice.ines.alcove.invite(LocalName(name)!)
    }
    #expect(moved.relay.spent == 2)
  }
}
