// SPDX-License-Identifier: Apache-2.0

/// A key pair for HPKE: the serialised public half and the secret that opens to it.
public struct HPKEKeyPair: Sendable {
  /// `SerializePrivateKey(sk)`; for X-Wing the 32-byte seed.
  public let privateKey: SharedSecret
  /// `SerializePublicKey(pk)`.
  public let publicKey: [UInt8]

  /// Joins two halves that are known to belong together.
  public init(privateKey: SharedSecret, publicKey: [UInt8]) {
    self.privateKey = privateKey
    self.publicKey = publicKey
  }
}
