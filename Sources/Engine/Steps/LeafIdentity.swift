// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import MLS

/// Whose device a leaf of the group is, by its checked chain.
struct LeafIdentity {
  let device: VerifiedDevice

  var identity: IdentityKey { device.identity }
  var serial: UInt64 { device.serial.value }

  /// Nil unless the credential is a whole chain to this very leaf key in this very relationship.
  init?(_ leaf: LeafNode, relationship: [UInt8]) {
    self.init(leaf.credential, leaf.signatureKey, relationship: relationship)
  }

  init?(_ credential: Credential, _ key: SignaturePublicKey, relationship: [UInt8]) {
    guard case .other(.alcove, let body) = credential,
      let certificate = try? LeafCertificate(body),
      let leaf = try? certificate.verify(leafKey: key.bytes, relationship: relationship)
    else { return nil }
    device = leaf.device
  }

  /// The identity that a credential names, without a check: only to tell two leaves apart.
  static func claimedIdentity(_ body: [UInt8]) -> IdentityKey? {
    guard let certificate = try? LeafCertificate(body),
      let device = try? certificate.device.verify()
    else { return nil }
    return device.identity
  }
}

extension CredentialType {
  /// DESIGN section 3: the chain leaf <- device <- identity.
  static let alcove = CredentialType(rawValue: LeafCertificate.credentialType)
}
