// SPDX-License-Identifier: Apache-2.0

import enum Crypto.MLKEM768
import struct Crypto.SymmetricKey
import Foundation
import TestSupport
import Testing

@testable import Primitives

/// Wycheproof over what swift-crypto does for us, through our own wrappers where there is one.
@Suite(.enabled(if: Shared.isAvailable))
struct WycheproofLibraryTests {
  struct File<Group: Decodable>: Decodable {
    let testGroups: [Group]
  }

  struct AEADGroup: Decodable {
    let ivSize: Int
    let keySize: Int
    let tests: [Test]

    struct Test: Decodable {
      let tcId: Int
      let key: String
      let iv: String
      let aad: String
      let msg: String
      let ct: String
      let tag: String
      let result: String
    }
  }

  struct HKDFGroup: Decodable {
    let tests: [Test]

    struct Test: Decodable {
      let tcId: Int
      let ikm: String
      let salt: String
      let info: String
      let size: Int
      let okm: String
      let result: String
    }
  }

  struct MLKEMGroup: Decodable {
    let tests: [Test]

    struct Test: Decodable {
      let tcId: Int
      let seed: String
      let ek: String?
      let c: String
      let K: String
      let result: String
    }
  }

  @Test(arguments: ["aes_gcm_test.json", "chacha20_poly1305_test.json"])
  func `AEADs agree with Wycheproof`(file: String) throws {
    var ran = 0
    for group in try groups(file, of: AEADGroup.self) {
      let aead: AEAD
      switch (file.hasPrefix("aes"), group.keySize) {
      case (true, 128): aead = .aes128GCM
      case (true, 256): aead = .aes256GCM
      case (false, 256): aead = .chaCha20Poly1305
      default: continue
      }
      for test in group.tests {
        ran += 1
        let key = SharedSecret(bytes(test.key))
        let sealed = bytes(test.ct) + bytes(test.tag)
        let opened = try? aead.open(
          sealed, key: key, nonce: bytes(test.iv), associatedData: bytes(test.aad))
        guard group.ivSize == 96 else {
          #expect(opened == nil, "\(test.tcId): a nonce of \(group.ivSize) bits")
          continue
        }
        #expect(opened == (test.result == "valid" ? bytes(test.msg) : nil), "\(test.tcId)")
        if test.result == "valid" {
          let ours = try aead.seal(
            bytes(test.msg), key: key, nonce: bytes(test.iv), associatedData: bytes(test.aad))
          #expect(ours == sealed, "\(test.tcId)")
        }
      }
    }
    #expect(ran > 100)
  }

  @Test func `HKDF-SHA256 agrees with Wycheproof`() throws {
    for test in try groups("hkdf_sha256_test.json", of: HKDFGroup.self).flatMap(\.tests) {
      let prk = HashAlgorithm.sha256.extract(
        salt: SharedSecret(bytes(test.salt)), ikm: SharedSecret(bytes(test.ikm)))
      let output = try? HashAlgorithm.sha256.expand(
        prk, info: bytes(test.info), count: test.size)
      #expect(
        output?.exposedBytes() == (test.result == "valid" ? bytes(test.okm) : nil), "\(test.tcId)")
    }
  }

  @Test func `ML-KEM-768 agrees with Wycheproof, and our modulus check with its keys`() throws {
    for test in try groups("mlkem_768_test.json", of: MLKEMGroup.self).flatMap(\.tests) {
      let key = try? MLKEM768.PrivateKey(seedRepresentation: bytes(test.seed), publicKey: nil)
      let secret = try? key?.decapsulate(bytes(test.c))
      let expected = test.result == "valid" ? bytes(test.K) : nil
      #expect(secret == expected.map { SymmetricKey(data: $0) }, "\(test.tcId)")
      if let encapsulationKey = test.ek.map({ bytes($0) }), let key {
        #expect(Array(key.publicKey.rawRepresentation) == encapsulationKey, "\(test.tcId)")
        #expect(MLKEM768Encoding.isReduced(encapsulationKey[...]), "\(test.tcId)")
      }
    }
  }

  private func groups<Group: Decodable>(_ name: String, of: Group.Type) throws -> [Group] {
    try JSONDecoder().decode(
      File<Group>.self, from: Data(Shared.bytes("vectors/wycheproof/\(name)"))
    ).testGroups
  }
}
