// SPDX-License-Identifier: Apache-2.0

/// A key pair for HPKE: the serialised public half and the secret that opens to it.
public struct HPKEKeyPair: Sendable {
  public let privateKey: HPKEPrivateKey
  /// `SerializePublicKey(pk)`.
  public let publicKey: [UInt8]

  /// Joins two halves that are known to belong together.
  public init(privateKey: HPKEPrivateKey, publicKey: [UInt8]) {
    self.privateKey = privateKey
    self.publicKey = publicKey
  }
}
