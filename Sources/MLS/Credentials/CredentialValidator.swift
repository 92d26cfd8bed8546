// SPDX-License-Identifier: Apache-2.0

/// The application's part of authentication: the Authentication Service of RFC 9420 section 5.3.1.
///
/// It is asked whenever a credential enters a group. Its answer must not depend on a clock or on
/// anything else in which two members could differ, or they would split.
public protocol CredentialValidator: Sendable {
  /// Whether the credential's identities are acceptable and belong to the signature key.
  ///
  /// Of an X.509 credential in a leaf the end entity's certificate has been read and is of that key; its
  /// signature, the rest of the chain and the days are this function's to judge. Of an
  /// ``ExternalSender`` nothing has been looked at.
  func accepts(
    _ credential: Credential, signatureKey: SignaturePublicKey, introducedBy event: CredentialEvent
  ) -> Bool

  /// Whether a member may replace its credential by another one, or stand under it in a group that is
  /// founded from this one; asked besides ``accepts(_:signatureKey:introducedBy:)``.
  func acceptsSuccession(
    from old: (credential: Credential, signatureKey: SignaturePublicKey),
    to new: (credential: Credential, signatureKey: SignaturePublicKey)
  ) -> Bool

  /// The client that a credential stands for, which no Add brings in twice (RFC 9420 section 12.2); nil, the
  /// default, where signature keys alone tell clients apart. Whoever comes in or changes by another way is
  /// ``accepts(_:signatureKey:introducedBy:)``'s to judge.
  func client(of credential: Credential) -> ClientID?
}

extension CredentialValidator {
  public func client(of credential: Credential) -> ClientID? { nil }
}
