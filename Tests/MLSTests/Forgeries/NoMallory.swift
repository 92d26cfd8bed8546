// SPDX-License-Identifier: Apache-2.0

import MLS

/// Takes everybody but Mallory, and nobody in place of another.
struct NoMallory: CredentialValidator {
  static let mallory = Credential.basic(identity: Array("mallory".utf8))

  func accepts(
    _ credential: Credential, signatureKey: SignaturePublicKey, introducedBy event: CredentialEvent
  ) -> Bool { credential != Self.mallory }

  func acceptsSuccession(
    from old: (credential: Credential, signatureKey: SignaturePublicKey),
    to new: (credential: Credential, signatureKey: SignaturePublicKey)
  ) -> Bool { old.credential == new.credential }
}
