// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Primitives

/// libsodium reads as many bytes as it was made for, whatever it is given: each length is asked first.
@Suite struct LengthTests {
  private static let wrong = [0, 1, 31, 33]

  @Test(arguments: AEAD.allCases)
  func `a key, a nonce or a ciphertext of another length is refused`(_ aead: AEAD) throws {
    let key = SharedSecret(zeros: aead.keyLength)
    let nonce = [UInt8](repeating: 0, count: aead.nonceLength)
    let sealed = try aead.seal([1], key: key, nonce: nonce, associatedData: [])
    for count in [0, aead.keyLength - 1, aead.keyLength + 1, 48 - aead.keyLength] {
      let other = SharedSecret(zeros: count)
      guard count != aead.keyLength else { continue }
      #expect(throws: PrimitiveError.invalidLength) {
        try aead.seal([1], key: other, nonce: nonce, associatedData: [])
      }
      #expect(throws: PrimitiveError.invalidLength) {
        try aead.open(sealed, key: other, nonce: nonce, associatedData: [])
      }
    }
    for count in [0, 11, 13, 24] {
      let other = [UInt8](repeating: 0, count: count)
      #expect(throws: PrimitiveError.invalidLength) {
        try aead.seal([1], key: key, nonce: other, associatedData: [])
      }
      #expect(throws: PrimitiveError.invalidLength) {
        try aead.open(sealed, key: key, nonce: other, associatedData: [])
      }
    }
    for count in [0, 1, 15] {
      #expect(throws: PrimitiveError.authenticationFailed) {
        try aead.open(Array(sealed.prefix(count)), key: key, nonce: nonce, associatedData: [])
      }
    }
  }

  @Test func `XChaCha20-Poly1305 takes 32 bytes, 24 and at least 16`() throws {
    let key = SharedSecret(zeros: 32)
    let nonce = [UInt8](repeating: 0, count: 24)
    let sealed = try XChaCha20Poly1305.seal([1], key: key, nonce: nonce, associatedData: [])
    for count in Self.wrong {
      let other = SharedSecret(zeros: count)
      #expect(throws: PrimitiveError.invalidLength) {
        try XChaCha20Poly1305.seal([1], key: other, nonce: nonce, associatedData: [])
      }
      #expect(throws: PrimitiveError.invalidLength) {
        try XChaCha20Poly1305.open(sealed, key: other, nonce: nonce, associatedData: [])
      }
    }
    for count in [0, 12, 23, 25] {
      let other = [UInt8](repeating: 0, count: count)
      #expect(throws: PrimitiveError.invalidLength) {
        try XChaCha20Poly1305.seal([1], key: key, nonce: other, associatedData: [])
      }
      #expect(throws: PrimitiveError.invalidLength) {
        try XChaCha20Poly1305.open(sealed, key: key, nonce: other, associatedData: [])
      }
    }
    for count in [0, 1, 15] {
      #expect(throws: PrimitiveError.authenticationFailed) {
        try XChaCha20Poly1305.open(
          Array(sealed.prefix(count)), key: key, nonce: nonce, associatedData: [])
      }
    }
  }

  @Test func `X25519 takes keys of 32 bytes`() throws {
    let peer = try X25519.publicKey(of: SharedSecret(zeros: 32))
    for count in Self.wrong {
      let key = SharedSecret(zeros: count)
      #expect(throws: PrimitiveError.invalidLength) { try X25519.publicKey(of: key) }
      #expect(throws: PrimitiveError.invalidLength) { try X25519.sharedSecret(key, peer) }
      #expect(throws: PrimitiveError.invalidLength) {
        try X25519.sharedSecret(SharedSecret(zeros: 32), [UInt8](repeating: 9, count: count))
      }
      #expect(!X25519.isLowOrder([UInt8](repeating: 0, count: count)))
    }
  }

  @Test func `an Ed25519 seed has 32 bytes`() {
    for count in Self.wrong {
      #expect(throws: PrimitiveError.invalidLength) {
        _ = try Ed25519SigningKey(seed: SecretBytes(copying: SharedSecret(zeros: count))).publicKey
      }
    }
  }

  @Test func `secrets of which one begins the other are not equal`() throws {
    let one = try SecretBytes(copying: SharedSecret(zeros: 32))
    let other = try SecretBytes(copying: SharedSecret(zeros: 33))
    let isEqual = (one.equals(other), other.equals(one), one.equals(one))
    #expect(isEqual == (false, false, true))
  }
}
