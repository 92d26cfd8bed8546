// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials

/// The three algorithms of RFC 9180 that together make an HPKE, in base mode.
///
/// The construction is swift-crypto's; what stands here checks keys before they are used, and
/// carries secrets across the library's boundary.
public struct HPKESuite: Sendable, Hashable {
  public let kem: KEM
  public let kdf: HashAlgorithm
  public let aead: AEAD

  public init(kem: KEM, kdf: HashAlgorithm, aead: AEAD) {
    self.kem = kem
    self.kdf = kdf
    self.aead = aead
  }

  /// A fresh key pair, from randomness that the caller supplies.
  public func generateKeyPair(
    from random: some RandomSource
  ) throws(PrimitiveError) -> HPKEKeyPair {
    try kem.generateKeyPair(from: random)
  }

  /// `DeriveKeyPair(ikm)` of the KEM.
  public func deriveKeyPair(from ikm: SharedSecret) throws(PrimitiveError) -> HPKEKeyPair {
    try kem.deriveKeyPair(from: ikm)
  }

  /// Refuses a public key to which nothing can be sealed; see ``KEM/validate(publicKey:)``.
  public func validate(publicKey: [UInt8]) throws(PrimitiveError) {
    try kem.validate(publicKey: publicKey)
  }

  /// `SealBase(pkR, info, aad, pt)`, RFC 9180 section 6.1.
  public func seal(
    _ plaintext: [UInt8], to publicKey: [UInt8], info: HPKEInfo, associatedData: [UInt8] = []
  ) throws(PrimitiveError) -> HPKESealed {
    var sender = try makeSender(to: publicKey, info: info)
    do {
      let ciphertext = try sender.seal(plaintext, authenticating: associatedData)
      return HPKESealed(
        encapsulatedKey: Array(sender.encapsulatedKey), ciphertext: Array(ciphertext))
    } catch {
      throw .invalidKey
    }
  }

  /// `SealBase(pkR, info, aad, pt)`, RFC 9180 section 6.1.
  public func seal(
    _ plaintext: [UInt8], to publicKey: [UInt8], info: [UInt8], associatedData: [UInt8] = []
  ) throws(PrimitiveError) -> HPKESealed {
    try seal(plaintext, to: publicKey, info: HPKEInfo(info), associatedData: associatedData)
  }

  /// `SealBase` over a secret, whose copy for the library is wiped.
  public func seal(
    _ secret: SharedSecret, to publicKey: [UInt8], info: HPKEInfo, associatedData: [UInt8] = []
  ) throws(PrimitiveError) -> HPKESealed {
    var plaintext = secret.exposedBytes()
    defer { plaintext.wipe() }
    return try seal(plaintext, to: publicKey, info: info, associatedData: associatedData)
  }

  /// `OpenBase(enc, skR, info, aad, ct)`, RFC 9180 section 6.1.
  public func open(
    _ sealed: HPKESealed, privateKey: HPKEPrivateKey, info: [UInt8], associatedData: [UInt8] = []
  ) throws(PrimitiveError) -> [UInt8] {
    var recipient = try makeRecipient(
      encapsulatedKey: sealed.encapsulatedKey, privateKey: privateKey, info: info)
    do {
      var plaintext = try recipient.open(sealed.ciphertext, authenticating: associatedData)
      defer { plaintext.resetBytes(in: plaintext.startIndex..<plaintext.endIndex) }
      return Array(plaintext)
    } catch {
      throw .authenticationFailed
    }
  }

  /// `OpenBase` for a plaintext that is a secret.
  public func openSecret(
    _ sealed: HPKESealed, privateKey: HPKEPrivateKey, info: [UInt8], associatedData: [UInt8] = []
  ) throws(PrimitiveError) -> SharedSecret {
    var plaintext = try open(
      sealed, privateKey: privateKey, info: info, associatedData: associatedData)
    return SharedSecret(wiping: &plaintext)
  }

  /// `SetupBaseS` followed by one `Context.Export`, as MLS's external initialisation needs it
  /// (RFC 9420 section 8.3).
  public func encapsulateExport(
    to publicKey: [UInt8], info: [UInt8], exporterContext: [UInt8], count: Int
  ) throws(PrimitiveError) -> (encapsulatedKey: [UInt8], secret: SharedSecret) {
    try checkExport(count)
    let sender = try makeSender(to: publicKey, info: HPKEInfo(info))
    do {
      let key = try sender.exportSecret(context: exporterContext, outputByteCount: count)
      return (Array(sender.encapsulatedKey), secret(key))
    } catch {
      throw .invalidLength
    }
  }

  /// `SetupBaseR` followed by one `Context.Export`.
  public func decapsulateExport(
    _ encapsulatedKey: [UInt8], privateKey: HPKEPrivateKey, info: [UInt8],
    exporterContext: [UInt8], count: Int
  ) throws(PrimitiveError) -> SharedSecret {
    try checkExport(count)
    let recipient = try makeRecipient(
      encapsulatedKey: encapsulatedKey, privateKey: privateKey, info: info)
    do {
      return secret(try recipient.exportSecret(context: exporterContext, outputByteCount: count))
    } catch {
      throw .invalidLength
    }
  }

  /// The library traps on an export of nothing and on more than HKDF can give.
  private func checkExport(_ count: Int) throws(PrimitiveError) {
    guard count > 0, count <= 255 * kdf.byteCount else { throw .invalidLength }
  }

  private func secret(_ key: SymmetricKey) -> SharedSecret {
    unsafe key.withUnsafeBytes { unsafe SharedSecret(copying: $0) }
  }

  private func makeSender(
    to publicKey: [UInt8], info: HPKEInfo
  ) throws(PrimitiveError) -> HPKE.Sender {
    try kem.validate(publicKey: publicKey)
    let info = info.data
    do {
      switch kem {
      case .x25519:
        return try HPKE.Sender(
          recipientKey: Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey),
          ciphersuite: ciphersuite, info: info)
      case .p256:
        return try HPKE.Sender(
          recipientKey: P256.KeyAgreement.PublicKey(x963Representation: publicKey),
          ciphersuite: ciphersuite, info: info)
      case .p384:
        return try HPKE.Sender(
          recipientKey: P384.KeyAgreement.PublicKey(x963Representation: publicKey),
          ciphersuite: ciphersuite, info: info)
      case .p521:
        return try HPKE.Sender(
          recipientKey: P521.KeyAgreement.PublicKey(x963Representation: publicKey),
          ciphersuite: ciphersuite, info: info)
      case .xWing:
        return try HPKE.Sender(
          recipientKey: XWingMLKEM768X25519.PublicKey(rawRepresentation: publicKey),
          ciphersuite: ciphersuite, info: info)
      }
    } catch {
      throw .invalidKey
    }
  }

  private func makeRecipient(
    encapsulatedKey: [UInt8], privateKey: HPKEPrivateKey, info: [UInt8]
  ) throws(PrimitiveError) -> HPKE.Recipient {
    try kem.validate(encapsulation: encapsulatedKey)
    guard privateKey.kem == kem else { throw .invalidKey }
    let key = try privateKey.parsed()
    do {
      return try key.recipient(ciphersuite, Data(info), Data(encapsulatedKey))
    } catch {
      // One case for every way in which a decapsulation fails: the sender chooses which.
      throw .authenticationFailed
    }
  }

  private var ciphersuite: HPKE.Ciphersuite {
    let kdf: HPKE.KDF =
      switch self.kdf {
      case .sha256: .HKDF_SHA256
      case .sha384: .HKDF_SHA384
      case .sha512: .HKDF_SHA512
      }
    let aead: HPKE.AEAD =
      switch self.aead {
      case .aes128GCM: .AES_GCM_128
      case .aes256GCM: .AES_GCM_256
      case .chaCha20Poly1305: .chaChaPoly
      }
    return HPKE.Ciphersuite(kem: kem.library, kdf: kdf, aead: aead)
  }
}

extension KEM {
  /// The library's name for it.
  var library: HPKE.KEM {
    switch self {
    case .p256: .P256_HKDF_SHA256
    case .p384: .P384_HKDF_SHA384
    case .p521: .P521_HKDF_SHA512
    case .x25519: .Curve25519_HKDF_SHA256
    case .xWing: .XWingMLKEM768X25519
    }
  }
}
