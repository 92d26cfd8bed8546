// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Synchronization

/// A private key of HPKE, with what the library makes of it: made once, for all that it opens.
///
/// An X-Wing key is a seed, and taking it apart costs as much as a new key pair: a third of what
/// opening one message does.
public final class HPKEPrivateKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The library's key, of whatever type, by what is asked of it.
  struct Parsed: Sendable {
    let publicKey: @Sendable () throws -> Data
    let recipient:
      @Sendable (HPKE.Ciphersuite, _ info: Data, _ encapsulated: Data) throws -> HPKE.Recipient

    fileprivate init<Key: HPKEDiffieHellmanPrivateKey>(_ key: Key, _ kem: HPKE.KEM) {
      publicKey = { try key.publicKey.hpkeRepresentation(kem: kem) }
      recipient = {
        try HPKE.Recipient(privateKey: key, ciphersuite: $0, info: $1, encapsulatedKey: $2)
      }
    }

    fileprivate init<Key: HPKEKEMPrivateKey>(_ key: Key, _ kem: HPKE.KEM) {
      publicKey = { try key.publicKey.hpkeRepresentation(kem: kem) }
      recipient = {
        try HPKE.Recipient(privateKey: key, ciphersuite: $0, info: $1, encapsulatedKey: $2)
      }
    }
  }

  /// `SerializePrivateKey(sk)`; for X-Wing the 32-byte seed.
  public let secret: SharedSecret
  public let kem: KEM
  private let known = Mutex<Parsed?>(nil)

  /// A key that is looked at when it is first used.
  public init(_ secret: SharedSecret, kem: KEM) {
    self.secret = secret
    self.kem = kem
  }

  /// The public half, `SerializePublicKey(pk)`.
  ///
  /// - Throws: Where the secret has another length than the KEM's private keys, or is no scalar of
  ///   its curve.
  public func publicKey() throws(PrimitiveError) -> [UInt8] {
    let parsed = try parsed()
    do { return Array(try parsed.publicKey()) } catch { throw .invalidKey }
  }

  /// The library's key, from the first time on the same.
  func parsed() throws(PrimitiveError) -> Parsed {
    guard secret.count == kem.privateKeyLength else { throw .invalidLength }
    do {
      return try known.withLock { known in
        if let known { return known }
        let parsed = try parse()
        known = parsed
        return parsed
      }
    } catch {
      throw .invalidKey
    }
  }

  private func parse() throws -> Parsed {
    switch kem {
    case .p256: Parsed(try P256.KeyAgreement.PrivateKey(rawRepresentation: secret), kem.library)
    case .p384: Parsed(try P384.KeyAgreement.PrivateKey(rawRepresentation: secret), kem.library)
    case .p521: Parsed(try P521.KeyAgreement.PrivateKey(rawRepresentation: secret), kem.library)
    case .x25519:
      Parsed(try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret), kem.library)
    case .xWing: Parsed(try xWingKey(), kem.library)
    }
  }

  /// The library takes a seed as `DataProtocol` only; the copy is wiped again.
  private func xWingKey() throws -> XWingMLKEM768X25519.PrivateKey {
    var seed = secret.exposedBytes()
    defer { seed.wipe() }
    return try XWingMLKEM768X25519.PrivateKey(seedRepresentation: seed, publicKey: nil)
  }

  public var description: String { "HPKEPrivateKey(redacted)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
