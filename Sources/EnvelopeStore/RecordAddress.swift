// SPDX-License-Identifier: Apache-2.0

/// Where a record stands. All of it is associated data of the seal, so that a record which was moved
/// or swapped does not open.
public struct RecordAddress: Hashable, Comparable, Sendable {
  public var table: Table
  public var owner: RecordOwner
  public var key: RecordKey

  public init(_ table: Table, _ owner: RecordOwner, _ key: RecordKey) {
    self.table = table
    self.owner = owner
    self.key = key
  }

  public static func < (left: Self, right: Self) -> Bool {
    if left.table != right.table { return left.table.rawValue < right.table.rawValue }
    if left.owner != right.owner { return left.owner < right.owner }
    return left.key < right.key
  }
}
