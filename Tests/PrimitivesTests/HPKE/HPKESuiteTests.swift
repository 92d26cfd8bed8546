// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Primitives

struct HPKESuiteTests {
  static let suites = KEM.allCases.flatMap { kem in
    [
      HPKESuite(kem: kem, kdf: .sha256, aead: .aes128GCM),
      HPKESuite(kem: kem, kdf: .sha384, aead: .aes256GCM),
      HPKESuite(kem: kem, kdf: .sha512, aead: .chaCha20Poly1305),
    ]
  }

  @Test(arguments: suites)
  func `what is sealed opens, under the same context only`(suite: HPKESuite) throws {
    let keys = try suite.generateKeyPair(from: SystemRandom())
    #expect(keys.publicKey.count == suite.kem.publicKeyLength)
    #expect(keys.privateKey.secret.count == suite.kem.privateKeyLength)
    let sealed = try suite.seal(
      Array("plain".utf8), to: keys.publicKey, info: [1], associatedData: [2])
    #expect(sealed.encapsulatedKey.count == suite.kem.encapsulationLength)
    #expect(sealed.ciphertext.count == 5 + 16)
    let opened = try suite.open(
      sealed, privateKey: keys.privateKey, info: [1], associatedData: [2])
    #expect(opened == Array("plain".utf8))

    let other = try suite.generateKeyPair(from: SystemRandom())
    var flipped = sealed
    flipped.ciphertext[0] ^= 1
    var short = sealed
    short.ciphertext.removeLast(6)
    var foreign = sealed
    foreign.encapsulatedKey = try suite.seal(
      Array("plain".utf8), to: keys.publicKey, info: [1]
    ).encapsulatedKey
    #expect(throws: PrimitiveError.authenticationFailed) {
      try suite.open(sealed, privateKey: keys.privateKey, info: [], associatedData: [2])
    }
    #expect(throws: PrimitiveError.authenticationFailed) {
      try suite.open(sealed, privateKey: keys.privateKey, info: [1], associatedData: [])
    }
    #expect(throws: PrimitiveError.authenticationFailed) {
      try suite.open(sealed, privateKey: other.privateKey, info: [1], associatedData: [2])
    }
    for forged in [flipped, short, foreign] {
      #expect(throws: PrimitiveError.authenticationFailed) {
        try suite.open(forged, privateKey: keys.privateKey, info: [1], associatedData: [2])
      }
    }
  }

  @Test(arguments: suites)
  func `an encapsulated key of another length is refused`(suite: HPKESuite) throws {
    let keys = try suite.generateKeyPair(from: SystemRandom())
    let sealed = try suite.seal([1, 2, 3], to: keys.publicKey, info: [])
    for key in [
      [], Array(sealed.encapsulatedKey.dropLast()), sealed.encapsulatedKey + [0],
    ] {
      #expect(throws: PrimitiveError.invalidLength) {
        try suite.open(
          HPKESealed(encapsulatedKey: key, ciphertext: sealed.ciphertext),
          privateKey: keys.privateKey, info: [])
      }
    }
  }

  @Test(arguments: suites)
  func `both sides export the same secret, of any length that HKDF can give`(
    suite: HPKESuite
  ) throws {
    let keys = try suite.generateKeyPair(from: SystemRandom())
    for count in [1, 32, 255 * suite.kdf.byteCount] {
      let (encapsulated, secret) = try suite.encapsulateExport(
        to: keys.publicKey, info: [7], exporterContext: [8], count: count)
      let same = try suite.decapsulateExport(
        encapsulated, privateKey: keys.privateKey, info: [7], exporterContext: [8], count: count)
      let other = try suite.decapsulateExport(
        encapsulated, privateKey: keys.privateKey, info: [7], exporterContext: [9], count: count)
      #expect(secret.count == count)
      #expect(secret.exposedBytes() == same.exposedBytes())
      if count > 1 { #expect(secret.exposedBytes() != other.exposedBytes()) }
    }
    for count in [0, -1, 255 * suite.kdf.byteCount + 1] {
      #expect(throws: PrimitiveError.invalidLength) {
        try suite.encapsulateExport(
          to: keys.publicKey, info: [], exporterContext: [], count: count)
      }
    }
  }

  @Test(arguments: KEM.allCases)
  func `the same randomness gives the same key pair, other randomness another`(kem: KEM) throws {
    let a = try kem.generateKeyPair(from: SeededRandom(seed: 1))
    let b = try kem.generateKeyPair(from: SeededRandom(seed: 1))
    let c = try kem.generateKeyPair(from: SeededRandom(seed: 2))
    #expect(a.publicKey == b.publicKey)
    #expect(a.publicKey != c.publicKey)
    #expect(try HPKEPrivateKey(a.privateKey.secret, kem: kem).publicKey() == a.publicKey)
  }

  @Test func `a private key opens any number of times, for its own KEM alone`() throws {
    let suite = HPKESuite(kem: .xWing, kdf: .sha384, aead: .aes256GCM)
    let other = HPKESuite(kem: .x25519, kdf: .sha384, aead: .aes256GCM)
    let keys = try suite.generateKeyPair(from: SystemRandom())
    for key in [keys.privateKey, HPKEPrivateKey(keys.privateKey.secret, kem: .xWing)] {
      for byte: UInt8 in 0..<3 {
        let sealed = try suite.seal([byte], to: keys.publicKey, info: [])
        #expect(try suite.open(sealed, privateKey: key, info: []) == [byte])
      }
      #expect(try key.publicKey() == keys.publicKey)
      let sealed = HPKESealed(encapsulatedKey: [9] + Array(repeating: 0, count: 31), ciphertext: [])
      #expect(throws: PrimitiveError.invalidKey) {
        try other.open(sealed, privateKey: key, info: [])
      }
    }
    let short = HPKEPrivateKey(SharedSecret([1]), kem: .xWing)
    #expect(throws: PrimitiveError.invalidLength) { try short.publicKey() }
  }

  @Test func `info of more than 64 KiB is hashed whole`() throws {
    let suite = HPKESuite(kem: .x25519, kdf: .sha256, aead: .aes128GCM)
    let keys = try suite.generateKeyPair(from: SystemRandom())
    var info = [UInt8](repeating: 1, count: 70_000)
    let sealed = try suite.seal([1], to: keys.publicKey, info: info)
    #expect(try suite.open(sealed, privateKey: keys.privateKey, info: info) == [1])
    info[69_999] = 2
    #expect(throws: PrimitiveError.authenticationFailed) {
      try suite.open(sealed, privateKey: keys.privateKey, info: info)
    }
  }
}
