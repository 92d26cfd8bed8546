// SPDX-License-Identifier: Apache-2.0

internal import Certificates

/// An Ed25519 public key as JWK (RFC 8037 §2), as exports list it.
struct JSONWebKey {
  let key: DeviceKey

  init(_ key: DeviceKey) {
    self.key = key
  }

  /// The required members in lexicographic order: what the thumbprint hashes (RFC 7638 §3.2).
  var required: JSONValue {
    .object([
      JSONMember("crv", .string("Ed25519")),
      JSONMember("kty", .string("OKP")),
      JSONMember("x", Encoded.value(key.bytes)),
    ])
  }

  var listed: JSONValue {
    .object([
      JSONMember("kty", .string("OKP")),
      JSONMember("crv", .string("Ed25519")),
      JSONMember("x", Encoded.value(key.bytes)),
      JSONMember("kid", .string(KeyThumbprint(of: key).text)),
    ])
  }
}
