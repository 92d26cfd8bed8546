// SPDX-License-Identifier: Apache-2.0

internal import Postage
internal import Primitives
internal import RelayProtocol

/// What a relay takes as postage now, as it describes itself to somebody whom it does not know.
///
/// A relay could mark who asks for tokens, by a key or an identity that it shows to nobody else. Whoever spends
/// them asks again without a name: a token is shown only where it fits what the relay says then, and a
/// relay that lists a key for each is none to buy from.
struct PostageTerms {
  /// The one in use and the one before it.
  private static let mostKeys = 2

  /// What the tokens of this relay are bound to, 32 bytes.
  let challenge: [UInt8]
  /// The key for new tokens first.
  let keys: [PostageKey]

  init(_ description: RelayDescription) throws(EngineError) {
    guard let identity = Base64URL.decode(description.identity), identity.count == 32 else {
      throw EngineError(.relayForeign)
    }
    let texts = description.keys ?? []
    guard texts.count <= Self.mostKeys else { throw EngineError(.relayInconsistent) }
    challenge = PostageChallenge.digest(identity: identity)
    keys = texts.compactMap { Base64URL.decode($0).flatMap { try? PostageKey(bytes: $0) } }
  }

  func takes(_ token: PostageToken) -> Bool {
    token.challenge == challenge && keys.contains { $0.id == token.key }
  }
}
