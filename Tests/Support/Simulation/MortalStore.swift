// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore

/// A store whose process can die before and after each commit: for a store that has no hook of its own.
///
/// Thrown from within a transaction, the end of the process undoes it, as the next opening of the file
/// would; thrown after it, what was written stays.
struct MortalStore: RecordStore {
  let inner: any RecordStore
  let process: SimulatedProcess
  let reach: @Sendable (String) throws -> Void

  @discardableResult
  func transaction<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer {
    try requireOpen()
    let answer = try inner.transaction(keys) { tx in
      let answer = try body(tx)
      try reach("beforeCommit")
      return answer
    }
    try reach("afterCommit")
    return answer
  }

  func read<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer {
    try requireOpen()
    return try inner.read(keys, body)
  }

  func eraseTraces() throws(StoreError) {
    try requireOpen()
    do {
      try reach("beforeErase")
      try inner.eraseTraces()
      try reach("afterErase")
    } catch let error as StoreError {
      throw error
    } catch {
      throw .closed
    }
  }

  func checkIntegrity(_ keys: any RecordKeyRing) throws(StoreError) {
    try inner.checkIntegrity(keys)
  }

  func close() throws(StoreError) {}

  private func requireOpen() throws(StoreError) {
    if process.isOver { throw .closed }
  }
}
