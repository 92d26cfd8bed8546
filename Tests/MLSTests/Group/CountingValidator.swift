// SPDX-License-Identifier: Apache-2.0

import MLS
import Synchronization
import WireFormat

/// Takes everybody by their credential, and counts how often it is asked.
final class CountingValidator: CredentialValidator {
  private let asked = Mutex((clients: 0, successions: 0))

  var clients: Int { asked.withLock { $0.clients } }
  var successions: Int { asked.withLock { $0.successions } }

  func accepts(
    _: Credential, signatureKey _: SignaturePublicKey, introducedBy _: CredentialEvent
  ) -> Bool { true }

  func acceptsSuccession(
    from old: (credential: Credential, signatureKey: SignaturePublicKey),
    to new: (credential: Credential, signatureKey: SignaturePublicKey)
  ) -> Bool {
    asked.withLock { $0.successions += 1 }
    return old.credential == new.credential
  }

  func client(of credential: Credential) -> ClientID? {
    asked.withLock { $0.clients += 1 }
    return ClientID(credential.wireBytes)
  }
}
