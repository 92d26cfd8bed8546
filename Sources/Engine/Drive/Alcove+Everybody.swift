// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore

/// One relationship after the other: what is damaged of one is no reason to leave out another.
extension Alcove {
  /// The row of everybody in the list, which can be read whatever became of the other records.
  func everybody() throws -> [RelationshipRecord] {
    try store.read(keys()) { tx in
      _ = try profile(in: tx)
      return try records(in: tx)
    }
  }

  /// Looks at everybody in turn.
  ///
  /// - Parameters:
  ///   - instead: What stands for somebody whose records are damaged; nothing, unless said otherwise.
  ///   - body: What is answered for everybody else; nil for nothing.
  func lookAtEverybody<Answer>(
    orWhereDamaged instead: (RelationshipRecord, EngineError) -> Answer? = { _, _ in nil },
    _ body: (Room) throws -> Answer?
  ) throws -> [Answer] {
    try everybody().compactMap { record in
      do {
        return try look(record.owner, body)
      } catch {
        let error = EngineError(mapping: error, about: record.name)
        guard error.isDamage else { throw error }
        return instead(record, error)
      }
    }
  }
}
