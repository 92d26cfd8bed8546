// SPDX-License-Identifier: Apache-2.0

/// A stretch of the rows of one table and owner, in the order of their keys.
public struct RecordRange: Equatable, Sendable {
  /// The first key that can be in the range; nil for no limit below.
  public var lower: RecordKey?
  /// The last key that can be in the range; nil for no limit above.
  public var upper: RecordKey?

  private init(lower: RecordKey?, upper: RecordKey?) {
    self.lower = lower
    self.upper = upper
  }

  /// Every row.
  public static let all = RecordRange(lower: nil, upper: nil)

  /// Rows from this key on.
  public static func from(_ key: RecordKey) -> RecordRange { .init(lower: key, upper: nil) }

  /// Rows up to and including this key.
  public static func through(_ key: RecordKey) -> RecordRange { .init(lower: nil, upper: key) }

  /// Rows between two keys, both included.
  public static func between(_ lower: RecordKey, _ upper: RecordKey) -> RecordRange {
    .init(lower: lower, upper: upper)
  }

  /// Rows whose keys are greater than this one.
  public static func after(_ key: RecordKey) -> RecordRange {
    // The least byte string that is greater: nothing fits between a key and itself with a zero byte.
    .init(lower: RecordKey(key.bytes + [0]), upper: nil)
  }

  /// Whether a key lies in the range.
  public func contains(_ key: RecordKey) -> Bool {
    if let lower, key < lower { return false }
    if let upper, upper < key { return false }
    return true
  }
}

/// In which order a scan goes through the keys.
public enum RecordOrder: Sendable {
  case forwards, backwards
}
