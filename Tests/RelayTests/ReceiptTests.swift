// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

@testable import Relay

@Suite struct ReceiptTests {
  /// What a receipt for an answered turn must be signed over.
  private static func turn(
    _ request: RawRequest, _ answer: RawResponse, _ member: TestMember, _ next: TestMember
  ) throws -> TurnReceipt.Turn {
    let id = try #require(request.fields.first { $0.name == "Alcove-Envelope" }?.value)
    return TurnReceipt.Turn(
      channel: member.channel,
      id: try EnvelopeID(bytes: try #require(Base64URL.decode(id))),
      named: NamedHashes(token: next.token, turn: next.turn),
      at: LogAt(
        position: Position(try #require(answer["alcove-seq"].flatMap { UInt64($0) })),
        chain: try ChainHash(
          bytes: try #require(answer["alcove-chain"].flatMap { Base64URL.decode($0) }))))
  }

  @Test func `a turn is answered with the relay's word, the same again with the same`() async throws
  {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      // A message has none.
      #expect(try await relay.ask(member.append())["alcove-receipt"] == nil)
      let (request, next) = member.turning()
      let answer = try await relay.ask(request)
      let text = try #require(answer["alcove-receipt"])
      let receipt = try #require(TurnReceipt(text: text))
      #expect(receipt.day == 1_700_000_000 / 86_400)
      let turn = try Self.turn(request, answer, member, next)
      #expect(receipt.holds(for: turn, by: LiveRelay.identity.publicKey))
      // Also when the lock has turned again.
      #expect(try await relay.ask(next.turning().request).status == 201)
      let again = try await relay.ask(request)
      #expect(again.status == 200 && again["alcove-receipt"] == text)
      // Who was refused has no receipt.
      let late = try await relay.ask(member.turning().request)
      #expect(late.status == 409 && late["alcove-receipt"] == nil)
    }
  }

  @Test func `the day of a receipt is that of its turn, however late it is asked for`() async throws
  {
    let day = Atomic<Int64>(20_000)
    let surroundings = Surroundings(
      clock: { day.load(ordering: .relaxed) * 86_400 }, ticks: { 0 }, freeBytes: { 1 << 40 })
    try await LiveRelay.run(surroundings: surroundings) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let (request, _) = member.turning()
      let first = try #require(try await relay.ask(request)["alcove-receipt"])
      #expect(TurnReceipt(text: first)?.day == 20_000)
      for _ in 0..<3 {
        day.add(1, ordering: .relaxed)
        #expect(try await relay.ask(request)["alcove-receipt"] == first)
      }
    }
  }
}
