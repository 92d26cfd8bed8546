// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import Postage
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// The most tokens of one request.
  public static var largestPostageRequest: Int { PostageText.largestCount }

  /// How much postage there is.
  public func postage() throws(EngineError) -> PostageStatus {
    try typed {
      try store.read(keys()) { tx in
        let relay = try postageRelay(in: tx).stored
        var (held, requested, elsewhere) = (0, 0, 0)
        for (_, record) in try postageRecords(in: tx) {
          switch record.stage {
          case .held where record.relay == relay: held += 1
          case .held: elsewhere += 1
          case .requested: requested += 1
          case .bound: break
          }
        }
        return PostageStatus(held: held, requested: requested, elsewhere: elsewhere)
      }
    }
  }

  /// Makes a request for tokens of the profile's relay, which whoever runs it answers.
  ///
  /// - Parameter count: From 1 to ``largestPostageRequest``.
  /// - Returns: A text to be handed over. Nothing in it can be linked to where a token is spent.
  public func requestPostage(_ count: Int) async throws(EngineError) -> String {
    try await typed {
      guard (1...Self.largestPostageRequest).contains(count) else {
        throw EngineError(.postageCount)
      }
      let relay = try store.read(keys()) { try postageRelay(in: $0) }
      let description = try await relays.connection(to: relay).describe()
      guard description.requiresPostage == true else { throw EngineError(.postageNotNeeded) }
      let terms = try PostageTerms(description)
      guard let key = terms.keys.first else { throw EngineError(.relayForeign) }
      let pending = try (0..<count).map { _ in
        try PendingPostage(key, challenge: terms.challenge, random: random)
      }
      let batch = random.bytes(16)
      // Kept before it is handed over: an answer that nobody can take would be lost.
      try store.transaction(keys()) { tx in
        for (index, one) in pending.enumerated() {
          try tx.put(
            PostageRecord(
              relay: relay.stored, .requested(batch: batch, index: UInt32(index), one)),
            .postage, profileOwner, RecordKey(random.bytes(16)))
        }
      }
      return PostageText.write(pending.map(\.request))
    }
  }

  /// Takes the answer to a request, all of it or nothing.
  ///
  /// - Returns: How many tokens came.
  public func takePostage(_ text: String) throws(EngineError) -> Int {
    try typed {
      guard let answers = try? PostageText.answers(in: text) else {
        throw EngineError(.postageAnswerInvalid)
      }
      return try store.transaction(keys()) { tx in
        for batch in try postageBatches(in: tx) where batch.count == answers.count {
          // The first one tells whether the answer is to this request.
          guard let first = answers.first, (try? batch[0].pending.token(first)) != nil else {
            continue
          }
          for (one, answer) in zip(batch, answers) {
            guard let token = try? one.pending.token(answer) else {
              throw EngineError(.postageAnswerInvalid)
            }
            try tx.put(
              PostageRecord(relay: one.relay, .held(token)), .postage, profileOwner, one.key)
          }
          return answers.count
        }
        throw EngineError(.postageAnswerInvalid)
      }
    }
  }

  private func postageRelay(in tx: RecordTransaction) throws -> RelayAddress {
    let profile = try profile(in: tx)
    // A client pays for nothing: both channels of a relationship are the therapist's to make.
    guard profile.role == .therapist else { throw EngineError(.wrongRole) }
    return try RelayAddress(profile.relay)
  }

  private typealias Waiting = (key: RecordKey, relay: [UInt8], pending: PendingPostage)

  /// What waits for answers, each batch in the order of its request.
  private func postageBatches(in tx: RecordTransaction) throws -> [[Waiting]] {
    var batches: [[UInt8]: [(index: UInt32, Waiting)]] = [:]
    for (key, record) in try postageRecords(in: tx) {
      guard case .requested(let batch, let index, let pending) = record.stage else { continue }
      batches[batch, default: []].append((index, (key, record.relay, pending)))
    }
    return batches.values.map { batch in
      batch.sorted { $0.index < $1.index }.map(\.1)
    }
  }
}
