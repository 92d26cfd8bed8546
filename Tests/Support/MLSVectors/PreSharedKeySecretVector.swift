// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

/// Several pre-shared keys in one secret, RFC 9420 section 8.4.
struct PreSharedKeySecretVector: Vector {
  static let kind = "psk_secret"
  static let signature: Set<String> = ["psks", "psk_secret"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let psks: [Key]
  let pskSecret: HexBytes

  struct Key: Decodable {
    let pskId: HexBytes
    let psk: HexBytes
    let pskNonce: HexBytes
  }

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    let keys = psks.map { key in
      (
        id: PreSharedKeyID(source: .external(id: key.pskId.bytes), nonce: key.pskNonce.bytes),
        secret: SharedSecret(key.psk.bytes)
      )
    }
    try expect(
      suite.preSharedKeySecret(keys).exposedBytes() == pskSecret.bytes, "psk_secret")
  }
}
