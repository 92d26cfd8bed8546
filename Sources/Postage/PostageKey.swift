// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
import Primitives
public import RelayProtocol

/// The public half of a postage key: RSA with 2,048 bits, for tokens of type 2 (RFC 9578 §6).
public struct PostageKey: Sendable, Hashable {
  /// The one spelling of a key: a SubjectPublicKeyInfo for RSASSA-PSS with SHA-384 and a salt of 48
  /// bytes, around a modulus of 2,048 bits and the exponent 65,537. Nothing else varies, so that
  /// nothing has to be parsed.
  private static let prefix: [UInt8] = [
    0x30, 0x82, 0x01, 0x52, 0x30, 0x3d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x0a, 0x30, 0x30, 0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
    0x02, 0x02, 0xa1, 0x1a, 0x30, 0x18, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
    0x08, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xa2, 0x03,
    0x02, 0x01, 0x30, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01,
    0x00,
  ]
  private static let exponent: [UInt8] = [0x01, 0x00, 0x01]
  private static let suffix: [UInt8] = [0x02, 0x03] + exponent
  static let modulusLength = 256

  /// Size of ``bytes``.
  public static let length = prefix.count + modulusLength + suffix.count
  /// DER.
  public let bytes: [UInt8]
  public let id: PostageKeyID
  let library: Library

  typealias Library = _RSA.BlindSigning.PublicKey<SHA384>

  /// Refuses whatever is not exactly such a key.
  public init(bytes: [UInt8]) throws(PostageError) {
    guard bytes.count == Self.length, bytes.starts(with: Self.prefix),
      bytes.suffix(Self.suffix.count).elementsEqual(Self.suffix)
    else { throw .badKey }
    let modulus = Array(bytes[Self.prefix.count..<Self.prefix.count + Self.modulusLength])
    // 2,048 bits exactly, and odd: an even one is no product of two large primes.
    guard modulus[0] & 0x80 != 0, modulus[Self.modulusLength - 1] & 1 == 1 else { throw .badKey }
    do {
      library = try Library(
        n: modulus, e: Self.exponent, parameters: .RSABSSA_SHA384_PSS_Deterministic)
    } catch {
      throw .badKey
    }
    self.bytes = bytes
    id = PostageKeyID(checked: Digest.sha256(bytes))
  }

  init(_ key: Library) throws(PostageError) {
    guard let primitives = try? key.getKeyPrimitives(),
      primitives.modulus.count == Self.modulusLength,
      primitives.publicExponent.elementsEqual(Self.exponent)
    else { throw .badKey }
    try self.init(bytes: Self.prefix + primitives.modulus + Self.suffix)
  }

  /// Whether a token was issued under this key for a relay (RFC 9578 §6.4).
  ///
  /// - Parameter challenge: ``RelayProtocol/PostageChallenge/digest(identity:)`` of the relay.
  public func isValid(_ token: PostageToken, challenge: [UInt8]) -> Bool {
    guard token.isOfType, token.key == id, token.challenge == challenge else { return false }
    return library.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: token.authenticator),
      for: library.prepare(token.input))
  }

  public static func == (a: PostageKey, b: PostageKey) -> Bool { a.bytes == b.bytes }
  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
