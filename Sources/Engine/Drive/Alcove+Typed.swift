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

  /// Carries on what is durable already: whatever stands in its way is answered and not thrown, since
  /// whoever is told that a command failed gives it again.
  func obstacle(
    about name: LocalName? = nil, _ body: () async throws -> Void
  ) async -> EngineError? {
    do {
      try await body()
      return nil
    } catch {
      return EngineError(mapping: error, about: name?.text)
    }
  }
}
