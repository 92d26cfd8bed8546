// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Primitives

/// Wycheproof over what libsodium does for us.
@Suite(.enabled(if: Shared.isAvailable))
struct WycheproofSodiumTests {
  struct File<Group: Decodable>: Decodable {
    let testGroups: [Group]
  }

  struct SignatureGroup: Decodable {
    struct Key: Decodable { let pk: String }
    struct Test: Decodable {
      let tcId: Int
      let msg: String
      let sig: String
      let result: String
    }
    let publicKey: Key
    let tests: [Test]
  }

  struct AgreementGroup: Decodable {
    struct Test: Decodable {
      let tcId: Int
      let flags: [String]
      let `public`: String
      let `private`: String
      let shared: String
    }
    let tests: [Test]
  }

  struct CipherGroup: Decodable {
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
    let ivSize: Int
    let tests: [Test]
  }

  @Test func `Ed25519 agrees with Wycheproof`() throws {
    var counts = (valid: 0, invalid: 0)
    for group in try groups("ed25519_test.json", of: SignatureGroup.self) {
      for test in group.tests {
        let isValid = Ed25519.verify(
          signature: try bytes(test.sig), message: try bytes(test.msg),
          publicKey: try bytes(group.publicKey.pk))
        #expect(isValid == (test.result == "valid"), "\(test.tcId)")
        if isValid { counts.valid += 1 } else { counts.invalid += 1 }
      }
    }
    #expect(counts == (88, 63))
  }

  @Test func `X25519 agrees with Wycheproof and refuses every low-order key`() throws {
    let zero = [UInt8](repeating: 0, count: 32)
    var refused = 0
    for test in try groups("x25519_test.json", of: AgreementGroup.self).flatMap(\.tests) {
      let publicKey = try bytes(test.public)
      let expected = try bytes(test.shared)
      let secret = try? X25519.sharedSecret(
        SharedSecret(try bytes(test.private)), publicKey)
      if expected == zero {
        refused += 1
        #expect(secret == nil, "\(test.tcId)")
        #expect(X25519.isLowOrder(publicKey), "\(test.tcId)")
      } else {
        #expect(secret?.exposedBytes() == expected, "\(test.tcId)")
        #expect(!X25519.isLowOrder(publicKey), "\(test.tcId)")
      }
    }
    #expect(refused > 10)
  }

  @Test func `XChaCha20-Poly1305 agrees with Wycheproof`() throws {
    for group in try groups("xchacha20_poly1305_test.json", of: CipherGroup.self) {
      for test in group.tests {
        let key = SharedSecret(try bytes(test.key))
        let nonce = try bytes(test.iv)
        let data = try bytes(test.aad)
        let message = try bytes(test.msg)
        let sealed = try bytes(test.ct) + bytes(test.tag)
        let opened = try? XChaCha20Poly1305.open(
          sealed, key: key, nonce: nonce, associatedData: data)
        let isValid = test.result == "valid"
        #expect(opened == (isValid ? message : nil), "\(test.tcId)")
        if isValid {
          let again = try XChaCha20Poly1305.seal(
            message, key: key, nonce: nonce, associatedData: data)
          #expect(again == sealed, "\(test.tcId)")
        }
      }
    }
  }

  private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }

  private func groups<Group: Decodable>(_ name: String, of: Group.Type) throws -> [Group] {
    try JSONDecoder().decode(
      File<Group>.self, from: Data(Shared.bytes("vectors/wycheproof/\(name)"))
    ).testGroups
  }
}
