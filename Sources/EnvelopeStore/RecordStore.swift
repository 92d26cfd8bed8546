// SPDX-License-Identifier: Apache-2.0

/// A profile's records: what a device knows, durable and sealed.
///
/// Nothing is cached between transactions. A step of the engine is one ``transaction(_:_:)``: it
/// reads what it needs, computes, writes the outcome, and either all of it is durable when the call
/// returns or nothing of it has happened. Other processes on the same profile wait their turn.
public protocol RecordStore: Sendable {
  /// Runs one step.
  ///
  /// Throws ``StoreError`` when the store cannot do it, and whatever `body` throws, unchanged; in
  /// both cases nothing has been written. One exception lies in the nature of disks: when the commit
  /// itself fails with ``StoreError/unavailable``, only reading tells whether it took place.
  @discardableResult
  func transaction<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer

  /// Reads from one snapshot. Every write in `body` is refused with ``StoreError/readOnly``.
  func read<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer

  /// Removes from the disk what earlier transactions have overwritten or deleted. Until then an old
  /// ratchet state can still be found in the write-ahead log; it is called after each receive run.
  func eraseTraces() throws(StoreError)

  /// Examines the structure of the store and opens every record in it.
  func checkIntegrity(_ keys: any RecordKeyRing) throws(StoreError)

  /// Ends the use of the store; every later call is answered with ``StoreError/closed``.
  func close() throws(StoreError)
}
