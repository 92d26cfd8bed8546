// SPDX-License-Identifier: Apache-2.0

public import RelayProtocol

/// Where connections to relays come from: HTTP in a program, memory in a test.
public protocol RelayConnecting: Sendable {
  /// A connection to the relay at `address`; nothing is sent before it is used.
  func connection(to address: RelayAddress) throws -> any RelayConnection
}
