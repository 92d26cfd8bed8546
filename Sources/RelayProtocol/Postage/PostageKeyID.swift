// SPDX-License-Identifier: Apache-2.0

/// SHA-256 of a postage key's SubjectPublicKeyInfo, 32 bytes (RFC 9578 §6.5).
public struct PostageKeyID: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
