// SPDX-License-Identifier: Apache-2.0

/// A Privacy Pass token of type 2, 354 bytes: postage for one thing at one relay.
///
/// ```
/// struct {
///   uint16 token_type = 2;
///   opaque nonce[32];
///   opaque challenge_digest[32];
///   opaque token_key_id[32];
///   opaque authenticator[256];
/// } Token;                                                                 // RFC 9577 §2.2
/// ```
///
/// Whoever shows it first has it. It cannot be linked to the request by which it was issued.
public struct PostageToken: OpaqueBytes {
  public static let length = 354
  /// Blind RSA with 2,048 bits (RFC 9578 §6).
  public static let type: UInt16 = 2
  /// How many bytes the authenticator signs.
  public static let inputLength = 98
  public let bytes: [UInt8]
  public init(checked bytes: [UInt8]) { self.bytes = bytes }

  /// What a signature makes a token.
  public init(nonce: PostageNonce, challenge: [UInt8], key: PostageKeyID, authenticator: [UInt8]) {
    let input = Self.input(nonce: nonce, challenge: challenge, key: key)
    self.init(checked: input + authenticator)
  }

  /// - Parameter challenge: SHA-256 of the TokenChallenge, 32 bytes.
  public static func input(
    nonce: PostageNonce, challenge: [UInt8], key: PostageKeyID
  ) -> [UInt8] {
    [UInt8(type >> 8), UInt8(type & 255)] + nonce.bytes + challenge + key.bytes
  }

  /// Whether the first two bytes say that it is of ``type``.
  public var isOfType: Bool {
    bytes[0] == UInt8(Self.type >> 8) && bytes[1] == UInt8(Self.type & 255)
  }
  /// What the authenticator signs, 98 bytes.
  public var input: [UInt8] { Array(bytes[..<Self.inputLength]) }
  public var nonce: PostageNonce { PostageNonce(checked: Array(bytes[2..<34])) }
  /// SHA-256 of the TokenChallenge, 32 bytes.
  public var challenge: [UInt8] { Array(bytes[34..<66]) }
  public var key: PostageKeyID { PostageKeyID(checked: Array(bytes[66..<98])) }
  /// A signature of 256 bytes.
  public var authenticator: [UInt8] { Array(bytes[Self.inputLength...]) }
}
