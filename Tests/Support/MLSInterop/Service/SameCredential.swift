// SPDX-License-Identifier: Apache-2.0

import MLS
import SwiftASN1
import X509

/// Takes every credential, and nobody in the place of somebody else. Of a certificate it asks that the key is the
/// leaf's, RFC 9420 section 5.3, and of a chain that there is one.
struct SameCredential: CredentialValidator {
  func accepts(
    _ credential: Credential, signatureKey: SignaturePublicKey, introducedBy _: CredentialEvent
  ) -> Bool {
    guard case .x509(let certificates) = credential else { return true }
    guard let first = certificates.first, let certificate = try? Certificate(derEncoded: first)
    else { return false }
    return certificate.publicKey.subjectPublicKeyInfoBytes.elementsEqual(signatureKey.bytes)
  }

  func acceptsSuccession(
    from old: (credential: Credential, signatureKey: SignaturePublicKey),
    to new: (credential: Credential, signatureKey: SignaturePublicKey)
  ) -> Bool { old.credential == new.credential }
}
