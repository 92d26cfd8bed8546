// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Primitives

/// The signature algorithm of a cipher suite, RFC 9420 section 5.1.2.
///
/// Ed25519 is libsodium's alone: two verifiers disagree on odd keys and signatures, and with such a
/// one a member could split the group. NIST curves are swift-crypto's; signatures are in DER.
public enum SignatureScheme: Sendable, Hashable {
  case ed25519
  case ecdsaP256
  case ecdsaP384
  case ecdsaP521

  /// Whether a signature is one of `content` by `key`.
  func isValid(_ signature: [UInt8], over content: [UInt8], by key: SignaturePublicKey) -> Bool {
    switch self {
    case .ed25519:
      return Ed25519.verify(signature: signature, message: content, publicKey: key.bytes)
    case .ecdsaP256:
      guard
        let key = try? P256.Signing.PublicKey(x963Representation: key.bytes),
        let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
      else { return false }
      return key.isValidSignature(signature, for: content)
    case .ecdsaP384:
      guard
        let key = try? P384.Signing.PublicKey(x963Representation: key.bytes),
        let signature = try? P384.Signing.ECDSASignature(derRepresentation: signature)
      else { return false }
      return key.isValidSignature(signature, for: content)
    case .ecdsaP521:
      guard
        let key = try? P521.Signing.PublicKey(x963Representation: key.bytes),
        let signature = try? P521.Signing.ECDSASignature(derRepresentation: signature)
      else { return false }
      return key.isValidSignature(signature, for: content)
    }
  }
}
