// SPDX-License-Identifier: Apache-2.0

package import Primitives

/// The secrets that follow from `epoch_secret`, RFC 9420 section 8.
///
/// ```
///                  epoch_secret
///                       |
///      "sender data" ---+--- "external"
///      "encryption"  ---+--- "confirm"
///      "exporter"    ---+--- "membership"
///      "resumption"  ---+--- "authentication"
///                       |
///                     "init" ---> the next epoch
/// ```
///
/// `epoch_secret` itself is not kept. `encryption` goes into the secret tree, which consumes it.
package struct EpochSecrets: Sendable {
  package let senderData: SharedSecret
  package let encryption: SharedSecret
  package let exporter: SharedSecret
  package let external: SharedSecret
  package let confirmation: SharedSecret
  package let membership: SharedSecret
  package let resumption: SharedSecret
  package let authenticator: SharedSecret
  package let initSecret: SharedSecret

  /// Derives them all.
  package init(epochSecret: SharedSecret, suite: CipherSuite) {
    let key = DerivationKey(epochSecret, suite: suite)
    senderData = key.secret("sender data")
    encryption = key.secret("encryption")
    exporter = key.secret("exporter")
    external = key.secret("external")
    confirmation = key.secret("confirm")
    membership = key.secret("membership")
    resumption = key.secret("resumption")
    authenticator = key.secret("authentication")
    initSecret = key.secret("init")
  }
}
