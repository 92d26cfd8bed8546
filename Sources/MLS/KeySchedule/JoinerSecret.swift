// SPDX-License-Identifier: Apache-2.0

package import Primitives

/// The secret from which an epoch begins for those who were there and those who join,
/// RFC 9420 section 8.
///
/// ```
///                     init_secret_[n-1]
///                           |
///                           V
///     commit_secret --> KDF.Extract
///                           |
///                           V
///            ExpandWithLabel(., "joiner", GroupContext_[n], KDF.Nh)
///                           |
///                           V
///                      joiner_secret
///                           |
///                           V
/// psk_secret (or 0) --> KDF.Extract --> "welcome" = welcome_secret
///                           |
///                           V
///            ExpandWithLabel(., "epoch", GroupContext_[n], KDF.Nh)
///                           |
///                           V
///                      epoch_secret
/// ```
package struct JoinerSecret: Sendable {
  package let secret: SharedSecret
  private let suite: CipherSuite

  /// The joiner secret of a member who follows a Commit.
  package init(
    initSecret: SharedSecret, commitSecret: SharedSecret, groupContext: [UInt8], suite: CipherSuite
  ) {
    self.suite = suite
    secret = suite.derive(
      suite.extract(salt: initSecret, ikm: commitSecret), label: "joiner", context: groupContext,
      count: suite.hashLength)
  }

  /// The joiner secret that a Welcome holds.
  package init(_ secret: SharedSecret, suite: CipherSuite) {
    self.suite = suite
    self.secret = secret
  }

  /// Mixes the pre-shared keys in; both branches of the drawing go on from there.
  package func withPreSharedKeys(_ pskSecret: SharedSecret) -> MemberSecret {
    MemberSecret(secret: suite.extract(salt: secret, ikm: pskSecret), suite: suite)
  }
}
