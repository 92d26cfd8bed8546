// SPDX-License-Identifier: Apache-2.0

import enum Crypto.P256
import Foundation
import Primitives
import TestSupport
import Testing

@testable import MLS

struct SignatureSchemeTests {
  private struct File: Decodable {
    let testGroups: [Group]

    struct Group: Decodable {
      let publicKey: Key
      let tests: [Test]
    }

    struct Key: Decodable {
      let uncompressed: String
    }

    struct Test: Decodable {
      let tcId: Int
      let msg: String
      let sig: String
      let result: String
    }
  }

  @Test(.enabled(if: Shared.isAvailable))
  func `ECDSA over P-256 agrees with Wycheproof`() throws {
    let path = "vectors/wycheproof/ecdsa_secp256r1_sha256_p1363_test.json"
    let file = try JSONDecoder().decode(File.self, from: Data(Shared.bytes(path)))
    var ran = 0
    for group in file.testGroups {
      let key = SignaturePublicKey(try #require(Hex.decode(group.publicKey.uncompressed)))
      for test in group.tests {
        ran += 1
        let raw = try #require(Hex.decode(test.sig))
        let message = try #require(Hex.decode(test.msg))
        // MLS takes DER; the file has the two integers side by side.
        let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw).derRepresentation
        let valid =
          signature.map {
            SignatureScheme.ecdsaP256.isValid(Array($0), over: message, by: key)
          } ?? false
        #expect(valid == (test.result == "valid"), "\(test.tcId)")
      }
    }
    #expect(ran > 200)
  }

  @Test(arguments: CipherSuite.all)
  func `a signature holds for its key, label and content alone`(suite: CipherSuite) throws {
    let key = try SignatureKey(suite: suite, random: SystemRandom())
    let other = try SignatureKey(suite: suite, random: SystemRandom())
    let signature = try key.sign([1, 2, 3], label: "One")
    #expect(suite.verify(signature, over: [1, 2, 3], label: "One", by: key.publicKey))
    #expect(!suite.verify(signature, over: [1, 2], label: "One", by: key.publicKey))
    #expect(!suite.verify(signature, over: [1, 2, 3], label: "Two", by: key.publicKey))
    #expect(!suite.verify(signature, over: [1, 2, 3], label: "One", by: other.publicKey))
    for wrong in [[], Array(signature.dropLast()), signature + [0]] {
      #expect(!suite.verify(wrong, over: [1, 2, 3], label: "One", by: key.publicKey))
    }
    for bytes in [[], [UInt8](repeating: 0, count: 32), Array(key.publicKey.bytes.dropLast())] {
      #expect(
        !suite.verify(signature, over: [1, 2, 3], label: "One", by: SignaturePublicKey(bytes)))
    }
  }
}
