// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
  /// Agrees to an answer that asks for more than its invitation offered; nil if there is no such answer.
  func acknowledgeAnswer(of name: LocalName) async throws -> LinePosted? {
    let key = try store.transaction(keys()) { tx -> RecordKey? in
      guard
        case (let key, var invitation)? = try invitations(in: tx).first(where: {
          $0.value.name == name.text && $0.value.stage == .undecided
        })
      else { return nil }
      invitation.agreed = true
      try tx.put(invitation, .invitation, profileOwner, key)
      return key
    }
    guard let key else { return nil }
    var run = Run()
    let obstacle = try await delayable(about: name) { try await advance(key, &run) }
    return LinePosted(kind: .acknowledge, index: obstacle == nil ? 2 : nil, obstacle: obstacle)
  }
}
