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
    senderData = suite.deriveSecret(epochSecret, label: "sender data")
    encryption = suite.deriveSecret(epochSecret, label: "encryption")
    exporter = suite.deriveSecret(epochSecret, label: "exporter")
    external = suite.deriveSecret(epochSecret, label: "external")
    confirmation = suite.deriveSecret(epochSecret, label: "confirm")
    membership = suite.deriveSecret(epochSecret, label: "membership")
    resumption = suite.deriveSecret(epochSecret, label: "resumption")
    authenticator = suite.deriveSecret(epochSecret, label: "authentication")
    initSecret = suite.deriveSecret(epochSecret, label: "init")
  }
}
