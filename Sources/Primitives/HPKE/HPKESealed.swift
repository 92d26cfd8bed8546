// SPDX-License-Identifier: Apache-2.0

/// What a single-shot HPKE encryption gives: the encapsulated key and the ciphertext.
public struct HPKESealed: Sendable, Hashable {
  /// `enc`, of the KEM's `Nenc` bytes.
  public var encapsulatedKey: [UInt8]
  /// The ciphertext with its tag.
  public var ciphertext: [UInt8]

  public init(encapsulatedKey: [UInt8], ciphertext: [UInt8]) {
    self.encapsulatedKey = encapsulatedKey
    self.ciphertext = ciphertext
  }
}
