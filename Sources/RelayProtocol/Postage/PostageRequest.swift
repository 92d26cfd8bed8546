// SPDX-License-Identifier: Apache-2.0

/// What an issuer is asked to sign without seeing it, 259 bytes: type 2, the last byte of the key's id, and
/// the blinded message of 256 bytes (RFC 9578 §6.1, TokenRequest).
public struct PostageRequest: OpaqueBytes {
  public static let length = 259
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// - Parameter blinded: 256 bytes.
  public init(key: PostageKeyID, blinded: [UInt8]) {
    self.init(checked: [0, UInt8(PostageToken.type), key.bytes[31]] + blinded)
  }

  /// Whether it is for tokens of type 2 under a key.
  public func isFor(_ key: PostageKeyID) -> Bool {
    bytes[0] == 0 && bytes[1] == UInt8(PostageToken.type) && bytes[2] == key.bytes[31]
  }

  public var blinded: [UInt8] { Array(bytes[3...]) }
}
