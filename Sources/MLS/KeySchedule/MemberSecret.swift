// SPDX-License-Identifier: Apache-2.0

package import Primitives

/// The joiner secret with the pre-shared keys mixed in, RFC 9420 section 8.
package struct MemberSecret: Sendable {
  private let secret: SharedSecret
  private let suite: CipherSuite

  init(secret: SharedSecret, suite: CipherSuite) {
    self.secret = secret
    self.suite = suite
  }

  /// What encrypts the GroupInfo of a Welcome.
  package var welcomeSecret: SharedSecret { suite.deriveSecret(secret, label: "welcome") }

  /// The secrets of the epoch with this group context.
  package func epochSecrets(groupContext: [UInt8]) -> EpochSecrets {
    let epochSecret = suite.derive(
      secret, label: "epoch", context: groupContext, count: suite.hashLength)
    return EpochSecrets(epochSecret: epochSecret, suite: suite)
  }

  /// The key and nonce for the GroupInfo of a Welcome, RFC 9420 section 12.4.3.1. Used once: the
  /// welcome secret is fresh with each Commit.
  func welcomeKey() -> (key: SharedSecret, nonce: [UInt8]) {
    let welcome = DerivationKey(welcomeSecret, suite: suite)
    let aead = suite.hpke.aead
    return (
      welcome.derive(label: "key", count: aead.keyLength),
      welcome.derive(label: "nonce", count: aead.nonceLength).exposedBytes()
    )
  }
}
