// SPDX-License-Identifier: Apache-2.0

/// Why a relay cannot show a certificate.
package enum ServerCertificateError: Error, Sendable, Hashable {
  /// No certificate in PEM.
  case certificate
  /// No private key in PEM, or one with a passphrase.
  case privateKey
  /// The key is not the one of the first certificate.
  case mismatch
}
