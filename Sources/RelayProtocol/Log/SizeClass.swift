// SPDX-License-Identifier: Apache-2.0

/// The sizes that an envelope may have: all that its length tells.
public enum SizeClass: Int, Sendable, Hashable, CaseIterable, Comparable {
  case kib1 = 1
  case kib4 = 4
  case kib16 = 16
  case kib64 = 64
  case kib256 = 256
  case kib1024 = 1_024

  /// Turns are padded to at least this, so that an empty commit looks like one with a consent line.
  public static let smallestTurn = SizeClass.kib16
  public static let largest = SizeClass.kib1024

  /// Size of the whole sealed envelope in bytes.
  public var byteCount: Int { rawValue * 1_024 }

  /// The class of exactly this size, if there is one.
  public init?(byteCount: Int) {
    guard byteCount.isMultiple(of: 1_024) else { return nil }
    self.init(rawValue: byteCount / 1_024)
  }

  /// The smallest class that holds `byteCount` bytes, or nil past the largest.
  public init?(fitting byteCount: Int, turning: Bool) {
    let fitting = Self.allCases.first {
      $0.byteCount >= byteCount && (!turning || $0 >= Self.smallestTurn)
    }
    guard let fitting else { return nil }
    self = fitting
  }

  public static func < (a: SizeClass, b: SizeClass) -> Bool { a.rawValue < b.rawValue }
}
