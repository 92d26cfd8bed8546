// SPDX-License-Identifier: Apache-2.0

public import Primitives
public import WireFormat

/// A cipher suite that this library has: the algorithms behind one number of RFC 9420 section 17.1.
///
/// A suite is one value of this file; nothing else in the module names an algorithm. Numbers that
/// others may use are carried as ``Number``.
public struct CipherSuite: Sendable {
  /// A cipher suite's number on the wire, whether or not this library has the suite.
  public struct Number: WireNumber {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
  }

  public let number: Number
  /// The name in the registry.
  public let name: String
  public let hpke: HPKESuite
  /// The hash of the suite's name, of the transcript, and of HMAC as the MAC.
  public let hashAlgorithm: HashAlgorithm
  public let signatureScheme: SignatureScheme

  private init(
    _ number: UInt16, _ name: String, _ kem: KEM, _ aead: AEAD, _ hash: HashAlgorithm,
    _ signature: SignatureScheme
  ) {
    self.number = Number(rawValue: number)
    self.name = name
    hpke = HPKESuite(kem: kem, kdf: hash, aead: aead)
    hashAlgorithm = hash
    signatureScheme = signature
  }

  /// The one that every client has: RFC 9420 §17.1.
  public static let x25519AES128 = CipherSuite(
    0x0001, "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
    .x25519, .aes128GCM, .sha256, .ed25519)
  public static let p256AES128 = CipherSuite(
    0x0002, "MLS_128_DHKEMP256_AES128GCM_SHA256_P256",
    .p256, .aes128GCM, .sha256, .ecdsaP256)
  public static let x25519ChaCha20 = CipherSuite(
    0x0003, "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
    .x25519, .chaCha20Poly1305, .sha256, .ed25519)
  public static let p521AES256 = CipherSuite(
    0x0005, "MLS_256_DHKEMP521_AES256GCM_SHA512_P521",
    .p521, .aes256GCM, .sha512, .ecdsaP521)
  public static let p384AES256 = CipherSuite(
    0x0007, "MLS_256_DHKEMP384_AES256GCM_SHA384_P384",
    .p384, .aes256GCM, .sha384, .ecdsaP384)

  /// The hybrid post-quantum suite of draft-ietf-mls-pq-ciphersuites-06, which Alcove uses by default.
  /// IANA has assigned no number: this one is OpenMLS's provisional choice.
  public static let hybridAES256 = CipherSuite(
    0x004E, "MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519",
    .xWing, .aes256GCM, .sha384, .ed25519)

  /// Its smaller sister, likewise under OpenMLS's provisional number.
  public static let hybridAES128 = CipherSuite(
    0x004F, "MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519",
    .xWing, .aes128GCM, .sha256, .ed25519)

  /// Every suite there is, in the order of preference.
  public static let all: [CipherSuite] = [
    hybridAES256, hybridAES128, x25519ChaCha20, x25519AES128, p256AES128, p384AES256, p521AES256,
  ]

  /// The suite of a number; nil where this library does not have it.
  public init?(_ number: Number) {
    self.init(rawValue: number.rawValue)
  }

  /// The suite of a number; nil where this library does not have it.
  public init?(rawValue: UInt16) {
    guard let suite = Self.all.first(where: { $0.number.rawValue == rawValue }) else { return nil }
    self = suite
  }
}

extension CipherSuite: Hashable {
  public static func == (lhs: CipherSuite, rhs: CipherSuite) -> Bool { lhs.number == rhs.number }
  public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}
