// SPDX-License-Identifier: Apache-2.0

/// Which messages `read` returns and whether they count as read afterwards.
public struct ReadSelection: Sendable {
  /// The newest so many; nil for all.
  public var last: Int?
  /// Sent at or after; seconds since 1970.
  public var since: Int64?
  /// Holding this text, without regard to case.
  public var containing: String?
  public var marking: Marking

  public enum Marking: Sendable { case read, unchanged }

  public init(
    last: Int? = nil, since: Int64? = nil, containing: String? = nil, marking: Marking = .read
  ) {
    self.last = last
    self.since = since
    self.containing = containing
    self.marking = marking
  }
}
