// SPDX-License-Identifier: Apache-2.0

import Crypto
import CryptoExtras
public import RelayProtocol

/// The private half of a postage key: signs what it cannot see.
public struct PostagePrivateKey: Sendable {
  public let publicKey: PostageKey
  private let library: _RSA.BlindSigning.PrivateKey<SHA384>

  /// A new key of 2,048 bits, made by the library's own randomness.
  public init() throws(PostageError) {
    do {
      try self.init(
        library: .init(keySize: .bits2048, parameters: .RSABSSA_SHA384_PSS_Deterministic))
    } catch let error as PostageError {
      throw error
    } catch {
      throw .failed
    }
  }

  /// A key in PEM, PKCS#8 or PKCS#1.
  public init(text: String) throws(PostageError) {
    do {
      try self.init(
        library: .init(pemRepresentation: text, parameters: .RSABSSA_SHA384_PSS_Deterministic))
    } catch {
      throw .badKey
    }
  }

  private init(library: _RSA.BlindSigning.PrivateKey<SHA384>) throws(PostageError) {
    self.library = library
    publicKey = try PostageKey(library.publicKey)
  }

  /// PEM, PKCS#8; a secret.
  public var text: String { library.pkcs8PEMRepresentation }

  /// Signs blindly (RFC 9578 §6.2). Refuses a request for another key.
  public func answer(_ request: PostageRequest) throws(PostageError) -> PostageAnswer {
    guard request.isFor(publicKey.id) else { throw .wrongKey }
    do {
      let signature = try library.blindSignature(for: request.blinded)
      return try PostageAnswer(bytes: Array(signature.rawRepresentation))
    } catch {
      // The blinded number is not smaller than the modulus: nobody blinded it under this key.
      throw .wrongKey
    }
  }
}
