// SPDX-License-Identifier: Apache-2.0

import CryptoExtras
import Primitives
import RelayProtocol
import Testing

@testable import Postage

/// An issuer signs what it cannot see: what it signed is a token only where all of it is right.
@Suite struct BlindSigningTests {
  private static let identity = [UInt8](repeating: 7, count: 32)

  private func signed(_ input: [UInt8], _ issuer: PostagePrivateKey) throws -> PostageToken {
    let library = issuer.publicKey.library
    let message = library.prepare(input)
    let blinding = try library.blind(message)
    let answer = try issuer.answer(
      PostageRequest(key: issuer.publicKey.id, blinded: Array(blinding.blindedMessage)))
    let signature = try library.finalize(
      _RSA.BlindSigning.BlindSignature(rawRepresentation: answer.bytes), for: message,
      blindingInverse: blinding.inverse)
    return PostageToken(checked: input + Array(signature.rawRepresentation))
  }

  @Test func `what was signed for another type, relay or key is no token`() throws {
    let issuer = try PostagePrivateKey()
    let keys = PostageKeys([issuer.publicKey], identity: Self.identity)
    let challenge = PostageChallenge.digest(identity: Self.identity)
    let honest = PostageToken.input(
      nonce: PostageNonce(checked: [UInt8](repeating: 1, count: 32)), challenge: challenge,
      key: issuer.publicKey.id)
    #expect(keys.accept(try signed(honest, issuer)))
    // The two bytes of the type, the challenge and the name of the key.
    for index in [0, 1, 34, 65, 66, 97] {
      var input = honest
      input[index] ^= 1
      let token = try signed(input, issuer)
      #expect(!keys.accept(token), "byte \(index)")
      #expect(!issuer.publicKey.isValid(token, challenge: challenge), "byte \(index)")
    }
  }
}
