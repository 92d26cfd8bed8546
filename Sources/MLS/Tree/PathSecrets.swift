// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The chain of secrets along a filtered direct path, RFC 9420 section 7.4.
///
/// ```
/// path_secret[0] --> path_secret[1] --> ... --> path_secret[n] --> commit_secret
///       |                  |                          |
///       V                  V                          V
/// node_secret[0]     node_secret[1]             node_secret[n]
///       |                  |                          |
///       V                  V                          V
///  node key pair      node key pair              node key pair
/// ```
struct PathSecrets {
  /// The path secret of each step, lowest first.
  private(set) var secrets: [SharedSecret] = []
  /// The key pair of each step.
  private(set) var keyPairs: [HPKEKeyPair] = []
  /// What the secret after the last step is.
  private(set) var commitSecret: SharedSecret

  /// Derives `count` steps from the secret of the lowest.
  init(from lowest: SharedSecret, count: Int, suite: CipherSuite) throws(MLSError) {
    commitSecret = lowest
    for _ in 0..<count {
      let secret = commitSecret
      let key = DerivationKey(secret, suite: suite)
      let nodeSecret = key.secret("node")
      keyPairs.append(try suite.deriveKeyPair(from: nodeSecret))
      secrets.append(secret)
      commitSecret = key.secret("path")
    }
  }
}
