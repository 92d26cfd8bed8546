// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

/// The labelled operations of RFC 9420 sections 5.1.2, 5.1.3, 5.2 and 8.
///
/// Every use of a key has its own label, so that nothing made for one purpose is taken for another.
extension CipherSuite {
  /// `KDF.Nh`, in bytes.
  public var hashLength: Int { hashAlgorithm.byteCount }

  public func hash(_ bytes: [UInt8]) -> [UInt8] { hashAlgorithm.hash(bytes) }

  /// HMAC, the MAC of every suite.
  public func mac(key: SharedSecret, _ bytes: [UInt8]) -> [UInt8] {
    hashAlgorithm.mac(key: key, bytes)
  }

  /// Whether a MAC is the right one, in a time that depends on its length alone.
  public func isValid(mac: [UInt8], key: SharedSecret, _ bytes: [UInt8]) -> Bool {
    constantTimeEquals(mac, hashAlgorithm.mac(key: key, bytes))
  }

  /// The all-zero vector of length `KDF.Nh`.
  var zeroSecret: SharedSecret { SharedSecret(zeros: hashLength) }

  // MARK: Signatures

  /// The longest content that is signed or verified, 768 MiB. Vectors side by side can be longer than one
  /// may be (``WireLength/maximum``): what is signed has to fit into one, and then with its signature.
  static let longestContent = 3 << 28

  /// VerifyWithLabel of RFC 9420 section 5.1.2; false as well for content that nobody can sign, above
  /// 768 MiB.
  public func verify(
    _ signature: [UInt8], over content: [UInt8], label: String, by key: SignaturePublicKey
  ) -> Bool {
    verify(signature, over: content, label: label, by: key, longest: Self.longestContent)
  }

  func verify(
    _ signature: [UInt8], over content: [UInt8], label: String, by key: SignaturePublicKey,
    longest: Int
  ) -> Bool {
    content.count <= longest
      && signatureScheme.isValid(signature, over: Self.labeled(label, content), by: key)
  }

  /// ```
  /// struct {
  ///     opaque label<V>;
  ///     opaque content<V>;
  /// } SignContent;
  /// ```
  /// EncryptContext has the same shape.
  static func labeled(_ label: String, _ content: [UInt8]) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: content.count + label.utf8.count + 16)
    writer.writeMLSLabel(label)
    writer.writeOpaque(content)
    return writer.bytes
  }

  // MARK: Public-key encryption

  /// EncryptWithLabel of RFC 9420 section 5.1.3.
  public func encrypt(
    _ plaintext: [UInt8], to key: HPKEPublicKey, label: String, context: [UInt8]
  ) throws(MLSError) -> HPKECiphertext {
    do {
      let sealed = try hpke.seal(plaintext, to: key.bytes, info: Self.labeled(label, context))
      return HPKECiphertext(kemOutput: sealed.encapsulatedKey, ciphertext: sealed.ciphertext)
    } catch {
      throw .invalidKey
    }
  }

  /// EncryptContext of RFC 9420 section 5.1.3, for all recipients of one message.
  static func encryptContext(label: String, context: [UInt8]) -> HPKEInfo {
    HPKEInfo(labeled(label, context))
  }

  /// EncryptWithLabel over a secret.
  func encryptSecret(
    _ secret: SharedSecret, to key: HPKEPublicKey, _ context: HPKEInfo
  ) throws(MLSError) -> HPKECiphertext {
    do {
      let sealed = try hpke.seal(secret, to: key.bytes, info: context)
      return HPKECiphertext(kemOutput: sealed.encapsulatedKey, ciphertext: sealed.ciphertext)
    } catch {
      throw .invalidKey
    }
  }

  /// DecryptWithLabel of RFC 9420 section 5.1.3.
  public func decrypt(
    _ ciphertext: HPKECiphertext, privateKey: HPKEPrivateKey, label: String, context: [UInt8]
  ) throws(MLSError) -> [UInt8] {
    do {
      return try hpke.open(
        HPKESealed(encapsulatedKey: ciphertext.kemOutput, ciphertext: ciphertext.ciphertext),
        privateKey: privateKey, info: Self.labeled(label, context))
    } catch {
      throw .decryptionFailed
    }
  }

  /// DecryptWithLabel for a plaintext that is a secret.
  func decryptSecret(
    _ ciphertext: HPKECiphertext, privateKey: HPKEPrivateKey, label: String, context: [UInt8]
  ) throws(MLSError) -> SharedSecret {
    var bytes = try decrypt(ciphertext, privateKey: privateKey, label: label, context: context)
    return SharedSecret(wiping: &bytes)
  }

  /// A fresh HPKE key pair.
  func generateKeyPair(from random: some RandomSource) throws(MLSError) -> HPKEKeyPair {
    do {
      return try hpke.generateKeyPair(from: random)
    } catch {
      throw .invalidKey
    }
  }

  /// `KEM.DeriveKeyPair`.
  package func deriveKeyPair(from secret: SharedSecret) throws(MLSError) -> HPKEKeyPair {
    do {
      return try hpke.deriveKeyPair(from: secret)
    } catch {
      throw .invalidKey
    }
  }

  /// The key pair of a node, from its path secret; RFC 9420 section 7.4.
  package func nodeKeyPair(pathSecret: SharedSecret) throws(MLSError) -> HPKEKeyPair {
    try deriveKeyPair(from: deriveSecret(pathSecret, label: "node"))
  }

  /// Refuses a key that nothing can be encrypted to, before what holds it is accepted.
  func validate(_ key: HPKEPublicKey) throws(MLSError) {
    do {
      try hpke.validate(publicKey: key.bytes)
    } catch {
      throw .invalidKey
    }
    // RFC 9420 §7.3: keys are told apart by their bytes, and a second encoding would let one pass for two.
    guard hpke.kem.isCanonical(publicKey: key.bytes) else { throw .invalidKey }
  }

  // MARK: References

  /// RefHash of RFC 9420 section 5.2; the label is complete. The value is at most 2^30 - 1 bytes long: what
  /// has a reference has been parsed within that, or its signature verified.
  public func refHash(label: String, _ value: [UInt8]) -> [UInt8] {
    var writer = WireWriter(reservingCapacity: value.count + label.utf8.count + 8)
    writer.writeOpaque(Array(label.utf8))
    writer.writeOpaque(value)
    return hash(writer.bytes)
  }

  // MARK: Key derivation

  /// ExpandWithLabel of RFC 9420 section 8.
  ///
  /// ```
  /// struct {
  ///     uint16 length;
  ///     opaque label<V>;
  ///     opaque context<V>;
  /// } KDFLabel;
  /// ```
  public func expand(
    _ secret: SharedSecret, label: String, context: [UInt8], count: Int
  ) throws(MLSError) -> SharedSecret {
    // RFC 5869 section 2.3; and the length has 16 bits in KDFLabel.
    guard count >= 0, count <= 255 * hashLength else { throw .invalidArgument }
    return derive(secret, label: label, context: context, count: count)
  }

  /// ExpandWithLabel for the lengths of keys, nonces and secrets.
  func derive(
    _ secret: SharedSecret, label: String, context: [UInt8], count: Int
  ) -> SharedSecret {
    DerivationKey(secret, suite: self).derive(label: label, context: context, count: count)
  }

  /// DeriveSecret of RFC 9420 section 8.
  public func deriveSecret(_ secret: SharedSecret, label: String) -> SharedSecret {
    DerivationKey(secret, suite: self).secret(label)
  }

  /// DeriveTreeSecret of RFC 9420 section 9.1.
  package func deriveTreeSecret(
    _ secret: SharedSecret, label: String, generation: Generation, count: Int
  ) -> SharedSecret {
    DerivationKey(secret, suite: self).treeSecret(label, generation, count: count)
  }

  func extract(salt: SharedSecret, ikm: SharedSecret) -> SharedSecret {
    hashAlgorithm.extract(salt: salt, ikm: ikm)
  }
}

extension WireWriter {
  /// `opaque label<V>` of "MLS 1.0 " and the label.
  mutating func writeMLSLabel(_ label: String) {
    writeLength(8 + label.utf8.count)
    writeFixed(mlsLabelPrefix)
    writeFixed(Array(label.utf8))
  }
}

/// "MLS 1.0 ", RFC 9420 sections 5.1.2, 5.1.3 and 8.
private let mlsLabelPrefix = Array("MLS 1.0 ".utf8)
