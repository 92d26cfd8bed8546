// SPDX-License-Identifier: Apache-2.0

/// The application's name for a client, which no message holds; RFC 9420 section 12.2.
///
/// Names and not a comparison: each new member is held against all others, and a Commit may add thousands.
public struct ClientID: Hashable, Sendable {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
