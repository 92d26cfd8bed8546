// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Primitives

/// A private signature key, parsed once.
enum SigningKey: Sendable {
  case ed25519(Ed25519PrivateKey)
  case ecdsaP256(P256.Signing.PrivateKey)
  case ecdsaP384(P384.Signing.PrivateKey)
  case ecdsaP521(P521.Signing.PrivateKey)

  /// Parses the 32-byte seed or the scalar.
  init(_ scheme: SignatureScheme, _ privateKey: Primitives.SharedSecret) throws(MLSError) {
    do {
      switch scheme {
      case .ed25519: self = .ed25519(try Ed25519PrivateKey(seed: privateKey))
      case .ecdsaP256: self = .ecdsaP256(try .init(rawRepresentation: privateKey))
      case .ecdsaP384: self = .ecdsaP384(try .init(rawRepresentation: privateKey))
      case .ecdsaP521: self = .ecdsaP521(try .init(rawRepresentation: privateKey))
      }
    } catch {
      throw .invalidKey
    }
  }

  var publicKey: SignaturePublicKey {
    switch self {
    case .ed25519(let key): SignaturePublicKey(key.publicKey)
    case .ecdsaP256(let key): SignaturePublicKey(Array(key.publicKey.x963Representation))
    case .ecdsaP384(let key): SignaturePublicKey(Array(key.publicKey.x963Representation))
    case .ecdsaP521(let key): SignaturePublicKey(Array(key.publicKey.x963Representation))
    }
  }

  /// Signs; ECDSA in DER, RFC 9420 section 5.1.2.
  func sign(_ content: [UInt8]) throws(MLSError) -> [UInt8] {
    do {
      switch self {
      case .ed25519(let key): return key.sign(content)
      case .ecdsaP256(let key): return Array(try key.signature(for: content).derRepresentation)
      case .ecdsaP384(let key): return Array(try key.signature(for: content).derRepresentation)
      case .ecdsaP521(let key): return Array(try key.signature(for: content).derRepresentation)
      }
    } catch {
      throw .invalidKey
    }
  }
}
