// SPDX-License-Identifier: Apache-2.0

/// Why a store refused; one case per thing that a caller can do about it.
///
/// No case carries an id, a key or content.
public enum StoreError: Error, Equatable, Sendable {
  /// There is no store at that path.
  case missing
  /// The file belongs to another program, or is no database at all.
  case foreignFile
  /// A newer Alcove has written this store; this one does not guess at its meaning.
  case newerSchema
  /// A file of the store can be read or written by other users of the machine.
  case readableByOthers
  /// A record does not open, or the database is damaged: a flipped bit, a moved row, another key.
  case integrity
  /// The key ring has no key for a record's owner and generation.
  case noKey
  /// The disk, or the quota, is full. The transaction has been undone.
  case diskFull
  /// Another process held the profile for the whole time that this one was willing to wait.
  case busy
  /// A write where only reading is possible.
  case readOnly
  /// The disk does not promise what it was asked to: no write-ahead log, or no full flush.
  case notDurable
  /// The disk failed in any other way. The transaction has been undone.
  case unavailable
  /// A key of more than ``RecordKey/maximumCount`` bytes or a record of more than
  /// ``RecordSealer/maximumCount``.
  case tooLarge
  /// The store, or the transaction, is over.
  case closed
}
