// SPDX-License-Identifier: Apache-2.0

/// The random number of a token, 32 bytes: a relay keeps it, so that the token is spent once.
public struct PostageNonce: OpaqueBytes {
  public static let length = 32
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }
}
