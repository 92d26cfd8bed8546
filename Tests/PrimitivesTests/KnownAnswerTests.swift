// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Primitives

@Suite struct KnownAnswerTests {
  @Test func `hashes agree with their standards`() {
    let abc = Array("abc".utf8)
    // RFC 7693's function with 32 bytes of output, from another implementation
    #expect(
      Hex.encode(Digest.blake2b256(abc))
        == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
    #expect(
      Hex.encode(Digest.blake2b256([]))
        == "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")
    // FIPS 180-4
    #expect(
      Hex.encode(Digest.sha256(abc))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(HashAlgorithm.allCases.map { $0.hash(abc).count } == [32, 48, 64])
    #expect(HashAlgorithm.allCases.map(\.byteCount) == [32, 48, 64])
  }

  @Test func `HMAC agrees with RFC 4231`() {
    // Test case 2
    let key = SharedSecret(Array("Jefe".utf8))
    let data = Array("what do ya want for nothing?".utf8)
    #expect(
      Hex.encode(HashAlgorithm.sha256.mac(key: key, data))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    #expect(
      Hex.encode(HashAlgorithm.sha384.mac(key: key, data)).hasPrefix(
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"))
    #expect(
      Hex.encode(HashAlgorithm.sha512.mac(key: key, data)).hasPrefix(
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"))
  }

  // Computed with the reference implementation of Argon2, one lane, version 1.3.
  @Test(
    arguments: [
      (64, 2, "9c87c06898bc18516669b54a8b95d36e622946494d7a55c26f391a0406068c19"),
      (1_024, 1, "77cce82a2481b757eb86f92a001910c970069038c7537a3ec40d22d50763d0f8"),
    ] as [(UInt32, UInt32, String)])
  func `Argon2id agrees with its reference`(
    _ memory: UInt32, _ passes: UInt32, _ expected: String
  ) throws {
    var passphrase = Array("correct horse".utf8)
    let key = try Argon2id.derive(
      passphrase: SecretBytes(consumingAndWiping: &passphrase), salt: Array(0..<16),
      parameters: .init(memoryKiB: memory, passes: passes))
    #expect(Hex.encode(key.shared().exposedBytes()) == expected)
  }

  @Test(arguments: [(0, 16, 32), (7, 16, 32), (64, 15, 32), (64, 17, 32), (64, 16, 15)])
  func `Argon2id refuses what it does not take`(_ memory: Int, _ salt: Int, _ count: Int) throws {
    var passphrase: [UInt8] = [1]
    let secret = try SecretBytes(consumingAndWiping: &passphrase)
    #expect(throws: PrimitiveError.invalidLength) {
      _ = try Argon2id.derive(
        passphrase: secret, salt: [UInt8](repeating: 0, count: salt),
        parameters: .init(memoryKiB: UInt32(memory), passes: 1), count: count)
    }
  }

  @Test func `HKDF gives at most 255 digests`() throws {
    for algorithm in HashAlgorithm.allCases {
      let key = SharedSecret([UInt8](repeating: 1, count: algorithm.byteCount))
      let limit = 255 * algorithm.byteCount
      #expect(try algorithm.expand(key, info: [], count: 0).count == 0)
      let long = try algorithm.expand(key, info: [7], count: limit).exposedBytes()
      #expect(long.count == limit)
      let short = try algorithm.expand(key, info: [7], count: 33).exposedBytes()
      #expect(Array(long.prefix(33)) == short)
      #expect(throws: PrimitiveError.invalidLength) {
        try algorithm.expand(key, info: [7], count: limit + 1)
      }
      #expect(throws: PrimitiveError.invalidLength) {
        try algorithm.expand(key, info: [7], count: -1)
      }
    }
  }

  @Test func `Ed25519 agrees with RFC 8032`() throws {
    // §7.1, test 2
    let seed = try #require(
      Hex.decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    let signature = try #require(
      Hex.decode(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
    let shared = try Ed25519PrivateKey(seed: SharedSecret(seed))
    let inHand = try Ed25519SigningKey(seed: SecretBytes(copying: SharedSecret(seed)))
    #expect(
      Hex.encode(shared.publicKey)
        == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    #expect(shared.publicKey == inHand.publicKey)
    #expect(shared.sign([0x72]) == signature && inHand.sign([0x72]) == signature)
    #expect(shared.seed.exposedBytes() == seed)
    #expect(try inHand.seed().shared().exposedBytes() == seed)
    #expect(Ed25519.verify(signature: signature, message: [0x72], publicKey: shared.publicKey))
    #expect(!Ed25519.verify(signature: signature, message: [0x73], publicKey: shared.publicKey))
    for cut in [0, 1, 63] {
      #expect(
        !Ed25519.verify(
          signature: Array(signature.prefix(cut)), message: [0x72], publicKey: shared.publicKey))
    }
    #expect(throws: PrimitiveError.invalidLength) {
      try Ed25519PrivateKey(seed: SharedSecret([1, 2, 3]))
    }
  }

  @Test(arguments: HashAlgorithm.allCases)
  func `a key that is expanded several times gives what fresh ones give`(
    _ algorithm: HashAlgorithm
  ) throws {
    let prk = SharedSecret(zeros: algorithm.byteCount)
    let key = HKDFKey(prk, algorithm)
    for count in [1, 32, 64, 200] {
      for info in [[], [1], [1, 2, 3]] as [[UInt8]] {
        let again = try key.expand(info: info, count: count)
        #expect(again.equals(try algorithm.expand(prk, info: info, count: count)))
        #expect(again.count == count)
      }
    }
  }
}
