// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
import Foundation
public import Primitives
public import RelayProtocol
public import WireFormat

/// A token that has been asked for: what its holder keeps until the answer comes.
///
/// Whoever knows it can link the token to its request; nobody else can, the issuer least of all.
public struct PendingPostage: Sendable, WireEncodable, WireDecodable {
  public let key: PostageKey
  public let request: PostageRequest
  private let nonce: PostageNonce
  /// SHA-256 of the TokenChallenge, 32 bytes.
  private let challenge: [UInt8]
  /// Takes the blinding away, 256 bytes.
  private let inverse: Primitives.SharedSecret

  /// Asks for a token of a relay (RFC 9578 §6.1). The nonce comes from `random`, what blinds it from
  /// the library.
  ///
  /// - Parameter challenge: ``RelayProtocol/PostageChallenge/digest(identity:)`` of the relay.
  public init(
    _ key: PostageKey, challenge: [UInt8], random: some RandomSource
  ) throws(PostageError) {
    self.key = key
    self.challenge = challenge
    nonce = PostageNonce(checked: random.bytes(PostageNonce.length))
    let input = PostageToken.input(nonce: nonce, challenge: challenge, key: key.id)
    do {
      let blinding = try key.library.blind(key.library.prepare(input))
      guard blinding.blindedMessage.count == PostageAnswer.length else { throw PostageError.failed }
      request = PostageRequest(key: key.id, blinded: Array(blinding.blindedMessage))
      inverse = try BlindingInverse.bytes(of: blinding.inverse)
    } catch {
      throw .failed
    }
  }

  /// Makes the answer a token (RFC 9578 §6.3). Refuses one whose signature does not hold.
  public func token(_ answer: PostageAnswer) throws(PostageError) -> PostageToken {
    let input = PostageToken.input(nonce: nonce, challenge: challenge, key: key.id)
    do {
      let signature = try key.library.finalize(
        _RSA.BlindSigning.BlindSignature(rawRepresentation: answer.bytes),
        for: key.library.prepare(input), blindingInverse: try BlindingInverse.value(of: inverse))
      return PostageToken(
        nonce: nonce, challenge: challenge, key: key.id,
        authenticator: Array(signature.rawRepresentation))
    } catch {
      throw .badAnswer
    }
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeFixed(key.bytes)
    writer.write(request)
    writer.write(nonce)
    writer.writeFixed(challenge)
    writer.writeFixed(inverse.exposedBytes())
  }

  public init(from reader: inout WireReader) throws(WireError) {
    do {
      key = try PostageKey(bytes: try reader.readFixed(PostageKey.length))
    } catch is PostageError {
      throw .invalidValue
    } catch {
      throw .truncated
    }
    request = try reader.read()
    nonce = try reader.read()
    challenge = try reader.readFixed(32)
    var bytes = try reader.readFixed(PostageAnswer.length)
    inverse = Primitives.SharedSecret(wiping: &bytes)
  }
}
