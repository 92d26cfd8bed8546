// SPDX-License-Identifier: Apache-2.0

/// A point in the life of a ``MemoryRecordStore`` at which a simulated process can die.
public enum MemoryStep: Sendable, CaseIterable {
  /// A transaction is complete in memory; dying here loses it.
  case beforeCommit
  /// The transaction is durable and its caller has not been told; dying here must not lose it.
  case afterCommit
  /// Before and after the traces of earlier states are erased.
  case beforeErase, afterErase
}
