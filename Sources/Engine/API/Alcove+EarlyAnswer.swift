// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore

/// Answers to an invitation that are dated ahead of this device's clock.
extension Alcove {
  /// Gives up such an answer: the invitation comes to nothing, and its name is free for another.
  ///
  /// Only a person does this. Left alone, the answer is taken when its time has come, which is never long after
  /// the end of the invitation.
  public func giveUpAnswer(of name: LocalName) async throws(EngineError) {
    try await typed(about: name) {
      guard let answered = try earlyAnswer(of: name) else { throw EngineError(.notYetConnected) }
      var run = Run()
      try fail(answered.key, answered.value, .datedAhead, &run)
      // Its time has come meanwhile, and another process of this profile has taken it.
      guard run.events.contains(where: { $0.failure != nil }) else {
        throw EngineError(.decisionChanged)
      }
      // It is over here; what is left to do at the relay is done by any sync.
      _ = await obstacle(about: name) { try await advance(answered.key, &run) }
    }
  }

  /// The invitation of that name whose answer waits for its time.
  func earlyAnswer(of name: LocalName) throws -> (key: RecordKey, value: InvitationRecord)? {
    try store.read(keys()) { tx in
      try invitations(in: tx).first { $0.value.name == name.text && $0.value.stage == .early }
    }
  }
}
