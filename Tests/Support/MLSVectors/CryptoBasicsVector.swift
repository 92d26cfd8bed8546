// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

/// The labelled operations, RFC 9420 sections 5.1, 5.2, 8 and 9.1.
struct CryptoBasicsVector: Vector {
  static let kind = "crypto-basics"
  static let signature: Set<String> = ["ref_hash", "expand_with_label", "sign_with_label"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let refHash: Hash
  let expandWithLabel: Expansion
  let deriveSecret: Derivation
  let deriveTreeSecret: TreeDerivation
  let signWithLabel: Signature
  let encryptWithLabel: Encryption

  struct Hash: Decodable {
    let label: String
    let value: HexBytes
    let out: HexBytes
  }

  struct Expansion: Decodable {
    let secret: HexBytes
    let label: String
    let context: HexBytes
    let length: Int
    let out: HexBytes
  }

  struct Derivation: Decodable {
    let secret: HexBytes
    let label: String
    let out: HexBytes
  }

  struct TreeDerivation: Decodable {
    let secret: HexBytes
    let label: String
    let generation: UInt32
    let length: Int
    let out: HexBytes
  }

  struct Signature: Decodable {
    let priv: HexBytes
    let pub: HexBytes
    let content: HexBytes
    let label: String
    let signature: HexBytes
  }

  struct Encryption: Decodable {
    let priv: HexBytes
    let pub: HexBytes
    let label: String
    let context: HexBytes
    let plaintext: HexBytes
    let kemOutput: HexBytes
    let ciphertext: HexBytes
  }

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    try expect(
      suite.refHash(label: refHash.label, refHash.value.bytes) == refHash.out.bytes, "ref_hash")
    let expanded = try suite.expand(
      SharedSecret(expandWithLabel.secret.bytes), label: expandWithLabel.label,
      context: expandWithLabel.context.bytes, count: expandWithLabel.length)
    try expect(expanded.exposedBytes() == expandWithLabel.out.bytes, "expand_with_label")
    let derived = suite.deriveSecret(
      SharedSecret(deriveSecret.secret.bytes), label: deriveSecret.label)
    try expect(derived.exposedBytes() == deriveSecret.out.bytes, "derive_secret")
    let tree = suite.deriveTreeSecret(
      SharedSecret(deriveTreeSecret.secret.bytes), label: deriveTreeSecret.label,
      generation: Generation(deriveTreeSecret.generation), count: deriveTreeSecret.length)
    try expect(tree.exposedBytes() == deriveTreeSecret.out.bytes, "derive_tree_secret")
    try verifySignature(suite)
    try verifyEncryption(suite)
  }

  private func verifySignature(_ suite: CipherSuite) throws {
    let vector = signWithLabel
    let publicKey = SignaturePublicKey(vector.pub.bytes)
    let key = try SignatureKey(suite: suite, privateKey: suite.privateKey(vector.priv))
    try expect(key.publicKey == publicKey, "sign_with_label.pub")
    for signature in [
      vector.signature.bytes, try key.sign(vector.content.bytes, label: vector.label),
    ] {
      try expect(
        suite.verify(signature, over: vector.content.bytes, label: vector.label, by: publicKey),
        "sign_with_label")
    }
  }

  private func verifyEncryption(_ suite: CipherSuite) throws {
    let vector = encryptWithLabel
    let ours = try suite.encrypt(
      vector.plaintext.bytes, to: HPKEPublicKey(vector.pub.bytes), label: vector.label,
      context: vector.context.bytes)
    let theirs = HPKECiphertext(
      kemOutput: vector.kemOutput.bytes, ciphertext: vector.ciphertext.bytes)
    for ciphertext in [theirs, ours] {
      let plaintext = try suite.decrypt(
        ciphertext, privateKey: suite.hpkeKey(vector.priv), label: vector.label,
        context: vector.context.bytes)
      try expect(plaintext == vector.plaintext.bytes, "encrypt_with_label")
    }
  }
}
