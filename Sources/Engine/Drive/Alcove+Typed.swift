// SPDX-License-Identifier: Apache-2.0

extension Alcove {
  /// Runs a function's body and turns whatever it throws into a refusal with a code.
  func typed<Answer>(
    about name: LocalName? = nil, _ body: () throws -> Answer
  ) throws(EngineError) -> Answer {
    do { return try body() } catch { throw EngineError(mapping: error, about: name?.text) }
  }

  /// The same for what talks to a relay.
  func typed<Answer>(
    about name: LocalName? = nil, _ body: () async throws -> Answer
  ) async throws(EngineError) -> Answer {
    do { return try await body() } catch { throw EngineError(mapping: error, about: name?.text) }
  }

  /// Runs what may be delayed without harm: an error that only delays is answered, others are thrown.
  func delayable(
    about name: LocalName? = nil, _ body: () async throws -> Void
  ) async throws -> EngineError? {
    do {
      try await body()
      return nil
    } catch {
      let error = EngineError(mapping: error, about: name?.text)
      guard error.isDelay else { throw error }
      return error
    }
  }
}
