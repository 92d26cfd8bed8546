// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import MLS

extension FuzzTarget {
  /// The certificate of an X.509 credential, which is read to find its key.
  static let mlsCertificate = FuzzTarget(
    name: "mls-certificate",
    run: { input in
      let credential = Credential.x509(certificates: [Array(input)])
      // A key that it fits is written in it.
      let isInIt = Array(input).firstRange(of: key) != nil
      try require(!credential.fits(SignaturePublicKey(key), of: .ed25519) || isInIt, .forgeryTaken)
      try require(!credential.fits(SignaturePublicKey([]), of: .ed25519), .forgeryTaken)
    },
    seeds: {
      try require(
        Credential.x509(certificates: [certificate]).fits(SignaturePublicKey(key), of: .ed25519),
        .validRefused)
      return [certificate]
    })

  private static let key = Array(
    Data(base64Encoded: "m72NAwOX0mBAbXD2aqsj5c+yZclbEorWpiX5Kj/avZE=") ?? Data())

  /// Of the key above, signed by itself; the private key was thrown away.
  private static let certificate = Array(
    Data(
      base64Encoded: """
        MIIBNDCB56ADAgECAhQWYO02YDEaU0Wys6ulsqc+SwsPbTAFBgMrZXAwDzENMAsGA1UEAwwEdGVzdDAgFw0y
        NjExMjMxOTAzMTZaGA8yMTI2MTAzMDE5MDMxNlowDzENMAsGA1UEAwwEdGVzdDAqMAUGAytlcAMhAJu9jQMD
        l9JgQG1w9mqrI+XPsmXJWxKK1qYl+So/2r2Ro1MwUTAdBgNVHQ4EFgQUDRjB6aCN5q8gUzSZVVIKXqP4FKIw
        HwYDVR0jBBgwFoAUDRjB6aCN5q8gUzSZVVIKXqP4FKIwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQAp67ut
        kCterxjZPtXfA93UV+4q7jkvqFszMjkLDE9MJuQX01TbjUtBNZXFZ9I8Q6e9o0ggQ541MszwAjkjkjsO
        """, options: .ignoreUnknownCharacters) ?? Data())
}
