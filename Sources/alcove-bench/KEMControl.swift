// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import Primitives

/// What the library takes for the public-key operations of one KEM.
struct KEMControl {
  /// A private key and its public half.
  let generate: Duration
  /// A fresh shared secret with a public key: an ephemeral key pair and an agreement.
  let encapsulate: Duration
  /// The shared secret out of an encapsulation, with a private key that has been parsed.
  let decapsulate: Duration
  /// All of HPKE for one recipient: encapsulation, key schedule, 32 bytes encrypted.
  let seal: Duration
  /// The way back.
  let open: Duration

  static func x25519(count: Int) throws -> KEMControl {
    typealias Key = Curve25519.KeyAgreement.PrivateKey
    let key = Key()
    let peer = Key().publicKey
    let hpke = try hpke(CipherSuites.x25519, count: count)
    let generate = Timing.mean(count: count) { _ = Key() }
    let agree = try Timing.mean(count: count) {
      _ = try key.sharedSecretFromKeyAgreement(with: peer)
    }
    return KEMControl(
      generate: generate, encapsulate: generate + agree, decapsulate: agree, seal: hpke.seal,
      open: hpke.open)
  }

  static func xWing(count: Int) throws -> KEMControl {
    typealias Key = XWingMLKEM768X25519.PrivateKey
    let key = try Key.generate()
    let peer = key.publicKey
    let encapsulated = try peer.encapsulate().encapsulated
    let hpke = try hpke(CipherSuites.xWing, count: count)
    return KEMControl(
      generate: try Timing.mean(count: count) { _ = try Key.generate() },
      encapsulate: try Timing.mean(count: count) { _ = try peer.encapsulate() },
      decapsulate: try Timing.mean(count: count) { _ = try key.decapsulate(encapsulated) },
      seal: hpke.seal, open: hpke.open)
  }

  private enum CipherSuites {
    static let x25519 = HPKESuite(kem: .x25519, kdf: .sha256, aead: .chaCha20Poly1305)
    static let xWing = HPKESuite(kem: .xWing, kdf: .sha384, aead: .aes256GCM)
  }

  private static func hpke(
    _ suite: HPKESuite, count: Int
  ) throws -> (seal: Duration, open: Duration) {
    let random = SystemRandom()
    let keys = try suite.generateKeyPair(from: random)
    let secret = random.secret(32)
    // About the size of a group context.
    let bytes = random.bytes(200)
    let info = HPKEInfo(bytes)
    let sealed = try suite.seal(secret, to: keys.publicKey, info: info)
    return (
      try Timing.mean(count: count) { _ = try suite.seal(secret, to: keys.publicKey, info: info) },
      try Timing.mean(count: count) {
        _ = try suite.open(sealed, privateKey: keys.privateKey, info: bytes)
      }
    )
  }
}
