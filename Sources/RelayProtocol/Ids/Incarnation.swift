// SPDX-License-Identifier: Apache-2.0

/// Random name of a relay's store, new after a restore from a backup, 16 bytes.
public struct Incarnation: OpaqueBytes {
  public static let length = 16
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
