// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// The JWK thumbprint of an Ed25519 key (RFC 7638, RFC 8037 §2), 32 bytes: the `kid` of a line.
public struct KeyThumbprint: Hashable, Sendable {
  public let bytes: [UInt8]

  /// Of a public key.
  public init(of publicKey: [UInt8]) {
    bytes = Digest.sha256(JSONWebKey(publicKey: publicKey).required.bytes)
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Base64url, as it stands in the header.
  public var text: String { Encoded.text(bytes) }
}
