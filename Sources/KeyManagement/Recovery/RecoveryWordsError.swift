// SPDX-License-Identifier: Apache-2.0

/// What is wrong with recovery words as they were typed.
public enum RecoveryWordsError: Error, Equatable, Sendable {
  /// There are not 24.
  case wrongCount(Int)
  /// The word at this place, counted from 1, is not in the list.
  case unknownWord(at: Int)
  /// All are in the list, and they are not a set that was ever given out: one is wrong or misplaced.
  case wrongChecksum
  /// The system gives no more memory.
  case outOfMemory
}
