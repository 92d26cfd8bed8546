// SPDX-License-Identifier: Apache-2.0

/// SHA-256 of one sealed part of a blob, 32 bytes.
public struct PartHash: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
