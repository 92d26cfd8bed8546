// SPDX-License-Identifier: Apache-2.0

import MLS

/// Takes every credential, and nobody in the place of somebody else.
struct SameCredential: CredentialValidator {
  func accepts(
    _: Credential, signatureKey _: SignaturePublicKey, introducedBy _: CredentialEvent
  ) -> Bool { true }

  func acceptsSuccession(
    from old: (credential: Credential, signatureKey: SignaturePublicKey),
    to new: (credential: Credential, signatureKey: SignaturePublicKey)
  ) -> Bool { old.credential == new.credential }
}
