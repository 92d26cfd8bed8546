// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials

/// Authenticated encryption of the suites (RFC 5116): ciphertext and a tag of 16 bytes behind it.
public enum AEAD: Sendable, Hashable, CaseIterable {
  case aes128GCM, aes256GCM, chaCha20Poly1305

  /// Size of the key in bytes, `Nk` of the RFCs.
  public var keyLength: Int { self == .aes128GCM ? 16 : 32 }
  /// Size of the nonce in bytes, `Nn` of the RFCs.
  public var nonceLength: Int { 12 }
  /// Size of the tag in bytes, `Nt` of the RFCs.
  public var tagLength: Int { 16 }

  public func seal(
    _ plaintext: [UInt8], key: SharedSecret, nonce: [UInt8], associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    guard key.count == keyLength, nonce.count == nonceLength else { throw .invalidLength }
    let symmetric = SymmetricKey(data: key)
    do {
      switch self {
      case .aes128GCM, .aes256GCM:
        let box = try AES.GCM.seal(
          plaintext, using: symmetric, nonce: AES.GCM.Nonce(data: nonce),
          authenticating: associatedData)
        return Array(box.ciphertext) + Array(box.tag)
      case .chaCha20Poly1305:
        let box = try ChaChaPoly.seal(
          plaintext, using: symmetric, nonce: ChaChaPoly.Nonce(data: nonce),
          authenticating: associatedData)
        return Array(box.ciphertext) + Array(box.tag)
      }
    } catch {
      throw .invalidLength
    }
  }

  public func open(
    _ sealed: [UInt8], key: SharedSecret, nonce: [UInt8], associatedData: [UInt8]
  ) throws(PrimitiveError) -> [UInt8] {
    guard key.count == keyLength, nonce.count == nonceLength else { throw .invalidLength }
    guard sealed.count >= tagLength else { throw .authenticationFailed }
    let ciphertext = sealed.dropLast(tagLength)
    let tag = sealed.suffix(tagLength)
    let symmetric = SymmetricKey(data: key)
    do {
      switch self {
      case .aes128GCM, .aes256GCM:
        let box = try AES.GCM.SealedBox(
          nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
        return Array(try AES.GCM.open(box, using: symmetric, authenticating: associatedData))
      case .chaCha20Poly1305:
        let box = try ChaChaPoly.SealedBox(
          nonce: ChaChaPoly.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
        return Array(try ChaChaPoly.open(box, using: symmetric, authenticating: associatedData))
      }
    } catch {
      throw .authenticationFailed
    }
  }
}
