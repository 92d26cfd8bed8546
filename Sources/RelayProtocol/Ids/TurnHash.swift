// SPDX-License-Identifier: Apache-2.0

/// SHA-256 of a turn secret, all that the relay keeps of it, 32 bytes.
public struct TurnHash: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
