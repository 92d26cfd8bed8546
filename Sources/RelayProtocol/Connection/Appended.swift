// SPDX-License-Identifier: Apache-2.0

/// Where an append lies, durably.
public struct Appended: Sendable, Hashable {
  public let at: LogAt
  /// Whether the relay had it already.
  public let isReplay: Bool
  public let incarnation: Incarnation

  public init(at: LogAt, isReplay: Bool, incarnation: Incarnation) {
    self.at = at
    self.isReplay = isReplay
    self.incarnation = incarnation
  }
}
