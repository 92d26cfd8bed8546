// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Primitives

/// The working group's vectors of HPKE with MLKEM768-X25519.
struct HPKEVectorTests {
  struct Vector: Decodable {
    let kem_id: UInt16
    let kdf_id: UInt16
    let aead_id: UInt16
    let info: String
    let ikmR: String
    let skRm: String
    let pkRm: String
    let enc: String
    let encryptions: [Encryption]
    let exports: [Export]

    struct Encryption: Decodable {
      let aad: String
      let ct: String
      let pt: String
    }

    struct Export: Decodable {
      let exporter_context: String
      let L: Int
      let exported_value: String
    }
  }

  @Test(.enabled(if: Shared.isAvailable))
  func `X-Wing derives, opens and exports as the working group's vectors say`() throws {
    let path = "vectors/hpke-pq/xwing-hkdf-sha256-chacha20poly1305.json"
    let vectors = try JSONDecoder().decode([Vector].self, from: Data(Shared.bytes(path)))
    #expect(!vectors.isEmpty)
    for vector in vectors {
      #expect(vector.kem_id == 0x647A && vector.kdf_id == 1 && vector.aead_id == 3)
      let suite = HPKESuite(kem: .xWing, kdf: .sha256, aead: .chaCha20Poly1305)
      let keys = try suite.deriveKeyPair(from: SharedSecret(bytes(vector.ikmR)))
      #expect(keys.privateKey.secret.exposedBytes() == bytes(vector.skRm))
      #expect(keys.publicKey == bytes(vector.pkRm))
      try suite.validate(publicKey: keys.publicKey)
      // The file's later encryptions have higher sequence numbers, which a single shot never uses.
      let first = vector.encryptions[0]
      let opened = try suite.open(
        HPKESealed(encapsulatedKey: bytes(vector.enc), ciphertext: bytes(first.ct)),
        privateKey: keys.privateKey, info: bytes(vector.info), associatedData: bytes(first.aad))
      #expect(opened == bytes(first.pt))
      for export in vector.exports {
        let secret = try suite.decapsulateExport(
          bytes(vector.enc), privateKey: keys.privateKey, info: bytes(vector.info),
          exporterContext: bytes(export.exporter_context), count: export.L)
        #expect(secret.exposedBytes() == bytes(export.exported_value))
      }
    }
  }
}
