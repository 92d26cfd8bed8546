// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A signature key pair: what a member signs with.
///
/// The public half is derived, never taken from outside: signing with a foreign one would give the
/// private half away.
public struct SignatureKey: Sendable {
  public let suite: CipherSuite
  public let publicKey: SignaturePublicKey
  /// The 32-byte seed or the scalar, for stored state.
  let privateKey: SharedSecret
  private let key: SigningKey

  /// A fresh key pair.
  public init(suite: CipherSuite, random: some RandomSource) throws(MLSError) {
    // A NIST scalar is sampled below the order, as HPKE's keys of the same curve are.
    let kem: KEM? =
      switch suite.signatureScheme {
      case .ed25519: nil
      case .ecdsaP256: .p256
      case .ecdsaP384: .p384
      case .ecdsaP521: .p521
      }
    do {
      let privateKey = try kem?.generateKeyPair(from: random).privateKey.secret ?? random.secret(32)
      try self.init(suite: suite, privateKey: privateKey)
    } catch {
      throw .invalidKey
    }
  }

  /// The pair of a private key: for Ed25519 the 32-byte seed, for NIST curves the scalar.
  public init(suite: CipherSuite, privateKey: SharedSecret) throws(MLSError) {
    self.suite = suite
    self.privateKey = privateKey
    key = try SigningKey(suite.signatureScheme, privateKey)
    publicKey = key.publicKey
  }

  /// SignWithLabel of RFC 9420 section 5.1.2.
  ///
  /// - Throws: ``MLSError/invalidArgument`` for more than 768 MiB.
  public func sign(_ content: [UInt8], label: String) throws(MLSError) -> [UInt8] {
    try sign(content, label: label, longest: CipherSuite.longestContent)
  }

  func sign(_ content: [UInt8], label: String, longest: Int) throws(MLSError) -> [UInt8] {
    guard content.count <= longest else { throw .invalidArgument }
    return try key.sign(CipherSuite.labeled(label, content))
  }
}
