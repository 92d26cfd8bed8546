// SPDX-License-Identifier: Apache-2.0

/// Where an append lies, durably.
public struct Appended: Sendable, Hashable {
  public let at: LogAt
  /// Whether the relay had it already.
  public let isReplay: Bool
  public let incarnation: Incarnation
  /// For a turn: the UTC day since 1970 on which the relay took it, as a store tells its relay.
  public var day: UInt32?
  /// For a turn: the relay's word for it, as a relay tells its clients. Not checked yet.
  public var receipt: TurnReceipt?

  public init(
    at: LogAt, isReplay: Bool, incarnation: Incarnation, day: UInt32? = nil,
    receipt: TurnReceipt? = nil
  ) {
    self.at = at
    self.isReplay = isReplay
    self.incarnation = incarnation
    self.day = day
    self.receipt = receipt
  }
}
