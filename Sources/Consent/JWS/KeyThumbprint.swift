// SPDX-License-Identifier: Apache-2.0

public import Certificates
internal import Primitives

/// The JWK thumbprint of an Ed25519 key (RFC 7638, RFC 8037 §2), 32 bytes: the `kid` of a line.
public struct KeyThumbprint: Hashable, Sendable {
  public let bytes: [UInt8]

  /// Of a device key.
  public init(of key: DeviceKey) {
    bytes = Digest.sha256(JSONWebKey(key).required.bytes)
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Base64url, as it stands in the header.
  public var text: String { Encoded.text(bytes) }
}
