// SPDX-License-Identifier: Apache-2.0

import enum Crypto.XWingMLKEM768X25519
import Testing

@testable import Primitives

struct KEMValidationTests {
  /// Every encoding of a point of small order on Curve25519 or its twist, below 2^255.
  static let lowOrder: [[UInt8]] = [
    Array(repeating: 0, count: 32),
    [1] + Array(repeating: 0, count: 31),
    bytes("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
  ]

  /// The same, and with the bit set that X25519 ignores.
  static let lowOrderEncodings =
    lowOrder
    + lowOrder.map { encoding in
      var encoding = encoding
      encoding[31] |= 0x80
      return encoding
    }

  @Test(arguments: lowOrderEncodings)
  func `a low-order X25519 key is refused wherever it comes in`(encoding: [UInt8]) throws {
    let suite = HPKESuite(kem: .x25519, kdf: .sha256, aead: .chaCha20Poly1305)
    let keys = try suite.generateKeyPair(from: SystemRandom())
    #expect(throws: PrimitiveError.invalidKey) { try suite.validate(publicKey: encoding) }
    #expect(throws: PrimitiveError.invalidKey) { try suite.seal([1], to: encoding, info: []) }
    #expect(throws: PrimitiveError.invalidKey) {
      try suite.open(
        HPKESealed(encapsulatedKey: encoding, ciphertext: Array(repeating: 0, count: 17)),
        privateKey: keys.privateKey, info: [])
    }
    // The check agrees with an actual key agreement: the secret is all zero.
    #expect(throws: PrimitiveError.self) {
      try X25519.sharedSecret(keys.privateKey.secret, encoding)
    }
  }

  @Test(arguments: [KEM.x25519, .xWing])
  func `what a key pair has is canonical, and no other encoding of it`(kem: KEM) throws {
    for _ in 0..<50 {
      var key = try kem.generateKeyPair(from: SystemRandom()).publicKey
      #expect(kem.isCanonical(publicKey: key))
      key[key.count - 1] ^= 0x80
      #expect(!kem.isCanonical(publicKey: key))
    }
  }

  @Test func `an X25519 key is canonical below the prime alone`() {
    let rest = [UInt8](repeating: 0xFF, count: 30)
    for (low, isBelow) in [(0xEC, true), (0xED, false), (0xFF, false)] as [(UInt8, Bool)] {
      #expect(X25519.isCanonical([low] + rest + [0x7F]) == isBelow)
      #expect(!X25519.isCanonical([low] + rest + [0xFF]))
      #expect(X25519.isCanonical([low] + rest + [0x7E]))
      #expect(X25519.isCanonical([low, 0xFE] + rest.dropFirst() + [0x7F]))
      #expect(X25519.isCanonical([low] + rest.dropFirst() + [0, 0x7F]))
    }
    for count in [0, 31, 33] { #expect(!X25519.isCanonical([UInt8](repeating: 1, count: count))) }
  }

  @Test func `a second encoding of an X25519 key is taken, and agrees on the same secret`()
    throws
  {
    let mine = try KEM.x25519.generateKeyPair(from: SystemRandom())
    let honest = try KEM.x25519.generateKeyPair(from: SystemRandom()).publicKey
    var highBit = honest
    highBit[31] |= 0x80
    let base = [9] + [UInt8](repeating: 0, count: 31)
    // 9 + p, and the greatest coordinate below p that is not of small order: p - 2.
    let basePlusPrime = bytes("f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")
    let greatest = bytes("ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")
    var xWing = try KEM.xWing.generateKeyPair(from: SystemRandom()).publicKey
    for (first, second) in [(honest, highBit), (base, basePlusPrime)] {
      #expect(
        try X25519.sharedSecret(mine.privateKey.secret, first)
          .equals(X25519.sharedSecret(mine.privateKey.secret, second)))
      try KEM.x25519.validate(publicKey: first)
      try KEM.x25519.validate(publicKey: second)
      // Its owner may not open it; whoever seals to it, as every commit does, is not held up.
      _ = try HPKESuite(kem: .x25519, kdf: .sha256, aead: .aes128GCM)
        .seal([1], to: second, info: [])
      xWing.replaceSubrange(1184..., with: first)
      try KEM.xWing.validate(publicKey: xWing)
      xWing.replaceSubrange(1184..., with: second)
      try KEM.xWing.validate(publicKey: xWing)
      _ = try HPKESuite(kem: .xWing, kdf: .sha384, aead: .aes256GCM)
        .seal([1], to: xWing, info: [])
    }
    try KEM.x25519.validate(publicKey: greatest)
  }

  @Test func `an honest X25519 key passes the check and agrees on a secret`() throws {
    for _ in 0..<16 {
      let mine = try KEM.x25519.generateKeyPair(from: SystemRandom())
      let yours = try KEM.x25519.generateKeyPair(from: SystemRandom())
      try KEM.x25519.validate(publicKey: yours.publicKey)
      let secret = try X25519.sharedSecret(mine.privateKey.secret, yours.publicKey)
      #expect(try secret.equals(X25519.sharedSecret(yours.privateKey.secret, mine.publicKey)))
    }
  }

  @Test(arguments: lowOrderEncodings)
  func `a low-order X25519 half of an X-Wing key is refused, as a trial encapsulation refuses it`(
    encoding: [UInt8]
  ) throws {
    var key = try KEM.xWing.generateKeyPair(from: SystemRandom()).publicKey
    key.replaceSubrange(1184..., with: encoding)
    #expect(throws: PrimitiveError.invalidKey) { try KEM.xWing.validate(publicKey: key) }
    #expect(!encapsulates(key))
  }

  @Test func `an X-Wing key passes exactly when something can be encapsulated to it`() throws {
    let honest = try KEM.xWing.generateKeyPair(from: SystemRandom()).publicKey
    #expect(encapsulates(honest))
    try KEM.xWing.validate(publicKey: honest)
    // Each of the 768 coefficients in turn, at the edges of what 12 bits hold and the modulus allows.
    for coefficient in stride(from: 0, to: 768, by: 7) {
      for value in [0, 3328, 3329, 3330, 4095] {
        let key = setting(coefficient, to: value, in: honest)
        let passes = (try? KEM.xWing.validate(publicKey: key)) != nil
        #expect(passes == (value < 3329), "coefficient \(coefficient) = \(value)")
        #expect(passes == encapsulates(key), "coefficient \(coefficient) = \(value)")
      }
    }
    // The seed of the matrix may be anything.
    var seed = honest
    seed.replaceSubrange(1152..<1184, with: Array(repeating: 0xFF, count: 32))
    try KEM.xWing.validate(publicKey: seed)
    #expect(encapsulates(seed))
  }

  @Test func `random bytes pass as an X-Wing key exactly when something encapsulates to them`() {
    for _ in 0..<64 {
      let key = SystemRandom().bytes(1216)
      #expect(((try? KEM.xWing.validate(publicKey: key)) != nil) == encapsulates(key))
    }
  }

  @Test(arguments: KEM.allCases)
  func `a key of another length is refused`(kem: KEM) throws {
    let key = try kem.generateKeyPair(from: SystemRandom()).publicKey
    for wrong in [[], Array(key.dropLast()), key + [0]] {
      #expect(throws: PrimitiveError.invalidLength) { try kem.validate(publicKey: wrong) }
    }
  }

  @Test(arguments: [KEM.p256, .p384, .p521])
  func `a NIST key is an uncompressed point on its curve`(kem: KEM) throws {
    let key = try kem.generateKeyPair(from: SystemRandom()).publicKey
    try kem.validate(publicKey: key)
    var off = key
    off[off.count - 1] ^= 1
    var compressed = key
    compressed[0] = 0x02
    var hybrid = key
    hybrid[0] = 0x06
    let infinity = [UInt8](repeating: 0, count: key.count)
    let large = [0x04] + [UInt8](repeating: 0xFF, count: key.count - 1)
    for forged in [off, compressed, hybrid, infinity, large] {
      #expect(throws: PrimitiveError.invalidKey) { try kem.validate(publicKey: forged) }
      let suite = HPKESuite(kem: kem, kdf: .sha256, aead: .aes128GCM)
      #expect(throws: PrimitiveError.invalidKey) { try suite.seal([1], to: forged, info: []) }
    }
  }

  private func encapsulates(_ key: [UInt8]) -> Bool {
    (try? XWingMLKEM768X25519.PublicKey(rawRepresentation: key).encapsulate()) != nil
  }

  private func setting(_ coefficient: Int, to value: Int, in key: [UInt8]) -> [UInt8] {
    var key = key
    let offset = coefficient / 2 * 3
    if coefficient.isMultiple(of: 2) {
      key[offset] = UInt8(value & 0xFF)
      key[offset + 1] = key[offset + 1] & 0xF0 | UInt8(value >> 8)
    } else {
      key[offset + 1] = key[offset + 1] & 0x0F | UInt8(value & 0x0F) << 4
      key[offset + 2] = UInt8(value >> 4)
    }
    return key
  }
}

func bytes(_ hex: String) -> [UInt8] {
  let digits = Array(hex)
  return stride(from: 0, to: digits.count, by: 2).compactMap {
    UInt8(String(digits[$0...$0 + 1]), radix: 16)
  }
}
