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
  /// The key as the library has it.
  enum Parsed: Sendable {
    case p256(P256.KeyAgreement.PrivateKey)
    case p384(P384.KeyAgreement.PrivateKey)
    case p521(P521.KeyAgreement.PrivateKey)
    case x25519(Curve25519.KeyAgreement.PrivateKey)
    case xWing(XWingMLKEM768X25519.PrivateKey)
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
    switch try parsed() {
    case .p256(let key): Array(key.publicKey.x963Representation)
    case .p384(let key): Array(key.publicKey.x963Representation)
    case .p521(let key): Array(key.publicKey.x963Representation)
    case .x25519(let key): Array(key.publicKey.rawRepresentation)
    case .xWing(let key): Array(key.publicKey.rawRepresentation)
    }
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
    case .p256: return .p256(try .init(rawRepresentation: secret))
    case .p384: return .p384(try .init(rawRepresentation: secret))
    case .p521: return .p521(try .init(rawRepresentation: secret))
    case .x25519: return .x25519(try .init(rawRepresentation: secret))
    case .xWing:
      // The library takes a seed as `DataProtocol` only; the copy is wiped again.
      var seed = secret.exposedBytes()
      defer { seed.wipe() }
      return .xWing(try .init(seedRepresentation: seed, publicKey: nil))
    }
  }

  public var description: String { "HPKEPrivateKey(redacted)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
