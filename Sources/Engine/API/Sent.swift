// SPDX-License-Identifier: Apache-2.0

/// What became of a message handed to `send`.
public struct Sent: Equatable, Sendable {
  /// 16 bytes.
  public let id: [UInt8]
  public let delivery: Message.Delivery
  /// The sent time by this device's clock; seconds since 1970.
  public let time: Int64
  /// Nobody has compared the safety number yet.
  public let unverified: Bool
  /// What stands in the way while it waits: the message is kept, and goes out with the next `sync` that
  /// the channel allows.
  public let obstacle: EngineError?
}
