// SPDX-License-Identifier: Apache-2.0

/// How much postage a profile has.
public struct PostageStatus: Sendable, Hashable {
  /// Tokens that can be spent at the profile's relay.
  public let held: Int
  /// Tokens that were asked for and have not come.
  public let requested: Int
  /// Tokens of other relays.
  public let elsewhere: Int

  public init(held: Int, requested: Int, elsewhere: Int = 0) {
    self.held = held
    self.requested = requested
    self.elsewhere = elsewhere
  }
}
