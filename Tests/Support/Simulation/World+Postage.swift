// SPDX-License-Identifier: Apache-2.0

import Engine
import Postage
import Primitives
import RelayLog
import RelayProtocol

extension World {
  /// The operator's key, one for all seeds: it takes a second to make, and nothing depends on it.
  private static let issuer = Result { try PostagePrivateKey() }

  /// What a relay takes that asks for postage.
  static func postage() throws -> MemoryPostage {
    let issuer = try issuer.get()
    let identity = MemoryRelay(random: SeededRandom(seed: 0)).identity.publicKey
    let keys = PostageKeys([issuer.publicKey], identity: identity)
    return MemoryPostage(
      keys: [Base64URL.encode(issuer.publicKey.bytes)], accepts: keys.accept)
  }

  /// The therapist asks for tokens, and takes those that were asked for before and did not arrive.
  func fill(_ count: Int, _ depth: Int) async {
    guard plan.postage, !isFilling else { return }
    isFilling = true
    defer { isFilling = false }
    if postageAnswer == nil {
      let ended = await run(therapist, depth, "asks for \(count) tokens") {
        try await $0.requestPostage(count)
      }
      guard case .done(let request) = ended else { return }
      do {
        let issuer = try Self.issuer.get()
        let answers = try PostageText.requests(in: request).map { try issuer.answer($0) }
        postageAnswer = (PostageText.write(answers), count)
      } catch {
        return fail("a request for postage cannot be answered")
      }
    }
    guard let answer = postageAnswer else { return }
    switch await run(therapist, depth, "takes tokens", { try $0.takePostage(answer.text) }) {
    case .done, .refused(.postageAnswerInvalid):
      issued += answer.count
      postageAnswer = nil
    case .refused, .died: break
    }
  }

  /// A copy of the profile is quicker now and then: what it spends a token for is another channel.
  func spendElsewhere(_ token: PostageToken, _ depth: Int) {
    guard !isCalm, chance.happens(1_500) else { return }
    var other = NewChannel(
      id: ChannelID(checked: therapist.random.bytes(ChannelID.length)), kind: .relationship,
      token: AccessToken(random: therapist.random).hash,
      turn: TurnSecret(random: therapist.random).hash)
    other.postage = token
    guard (try? relay.create(other)) != nil else { return }
    trace.note(depth + 1, "a copy has spent this token")
  }

  /// Each channel was paid for once, and no token is lost.
  func checkPostage() throws {
    guard plan.postage else { return }
    guard relay.spent == relay.channels.count else {
      throw Violation(what: "\(relay.spent) tokens made \(relay.channels.count) channels")
    }
    let held = try look(therapist) { try $0.postage().held }
    guard held + relay.spent == issued else {
      throw Violation(what: "\(held) tokens held and \(relay.spent) spent of \(issued)")
    }
    trace.note(0, "\(issued) tokens: \(relay.spent) spent, \(held) left")
  }
}
