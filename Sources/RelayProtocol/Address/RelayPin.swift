// SPDX-License-Identifier: Apache-2.0

/// First half of the fingerprint of what a relay's TLS certificate chains to, 16 bytes.
public struct RelayPin: OpaqueBytes {
  public static let length = 16
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
