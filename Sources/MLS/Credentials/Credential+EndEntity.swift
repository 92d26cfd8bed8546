// SPDX-License-Identifier: Apache-2.0

import SwiftASN1
import X509

extension Credential {
  /// Whether it can stand in a leaf with this signature key: a certificate says itself whose it is, RFC 9420
  /// section 5.3. Whether the chain is one to trust is the application's to say, and so is everything of other types.
  func fits(_ signatureKey: SignaturePublicKey) -> Bool {
    guard case .x509(let certificates) = self else { return true }
    guard let first = certificates.first, let endEntity = try? Certificate(derEncoded: first)
    else { return false }
    return endEntity.publicKey.subjectPublicKeyInfoBytes.elementsEqual(signatureKey.bytes)
  }
}
