// SPDX-License-Identifier: Apache-2.0

/// The relay's random name of a channel, 32 bytes.
public struct ChannelID: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
