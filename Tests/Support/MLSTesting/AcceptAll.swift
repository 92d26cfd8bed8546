// SPDX-License-Identifier: Apache-2.0

public import MLS

/// Takes every credential: for tests, vectors and drivers in which it is settled who is who.
public struct AcceptAll: CredentialValidator {
  public init() {}

  public func accepts(
    _: Credential, signatureKey _: SignaturePublicKey, introducedBy _: CredentialEvent
  ) -> Bool { true }

  public func acceptsSuccession(
    from _: (credential: Credential, signatureKey: SignaturePublicKey),
    to _: (credential: Credential, signatureKey: SignaturePublicKey)
  ) -> Bool { true }
}
