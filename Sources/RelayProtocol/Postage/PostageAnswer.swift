// SPDX-License-Identifier: Apache-2.0

/// A blind signature, 256 bytes (RFC 9578 §6.2, TokenResponse).
public struct PostageAnswer: OpaqueBytes {
  public static let length = 256
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
