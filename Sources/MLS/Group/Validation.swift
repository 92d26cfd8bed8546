// SPDX-License-Identifier: Apache-2.0

/// What the application contributes to judging a message: who is who, and what time it is.
public struct Validation: Sendable {
  /// Whether the lifetimes of leaves that others send are held against the clock.
  public enum ReceivedLifetimes: Hashable, Sendable {
    /// As RFC 9420 section 7.3 recommends.
    case check
    /// For groups in which no clock may decide whether a Commit is valid.
    case ignore
  }

  public var credentials: any CredentialValidator
  /// Now, in seconds since 1970.
  public var now: UInt64
  public var receivedLifetimes: ReceivedLifetimes
  /// The longest lifetime of a KeyPackage that is accepted, in seconds; RFC 9420 section 7.2 asks
  /// every application for one. 91 days by default.
  public var maximumLifetime: UInt64

  public init(
    credentials: any CredentialValidator, now: UInt64,
    receivedLifetimes: ReceivedLifetimes = .check, maximumLifetime: UInt64 = 7_862_400
  ) {
    self.credentials = credentials
    self.now = now
    self.receivedLifetimes = receivedLifetimes
    self.maximumLifetime = maximumLifetime
  }
}
