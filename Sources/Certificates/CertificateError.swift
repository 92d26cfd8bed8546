// SPDX-License-Identifier: Apache-2.0

/// Why a certificate is refused.
public enum CertificateError: Error, Equatable, Sendable {
  /// It does not parse: truncated, trailing bytes, an unknown version or role.
  case malformed
  /// A key in it is not a point that a signature could be checked against.
  case invalidKey
  /// The identity did not sign it.
  case identitySignature
  /// The device did not sign it.
  case deviceSignature
}
