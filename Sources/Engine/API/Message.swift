// SPDX-License-Identifier: Apache-2.0

public import Consent

/// One message of a conversation, in the order of the channel; own messages that wait come last.
public struct Message: Equatable, Sendable {
  public enum Delivery: String, Sendable {
    /// Kept here; the relay does not hold it, as far as is known.
    case waiting
    /// Read back from the relay.
    case atRelay = "at-relay"
    /// The other device has shown that it read past it.
    case confirmed
    /// Not sent: a withdrawal or an expiry came first.
    case refused
    /// Received.
    case received
  }

  /// 16 random bytes that survive a re-encryption.
  public let id: [UInt8]
  public let fromMe: Bool
  public let scope: Scope
  public let text: String
  /// By the sender's clock, never going back; seconds since 1970.
  public let sent: Int64
  public let delivery: Delivery
  public let unread: Bool
  /// The place in the channel and the epoch; nil while it waits.
  public let position: UInt64?
  public let epoch: UInt64?
  /// Why the consent does not cover it: shown apart, never among the others.
  public let quarantine: Quarantine?
}
