// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What a ``MemoryRelay`` takes as postage: the store under it looks at no signature itself.
package struct MemoryPostage: Sendable {
  /// The keys that it shows, base64url.
  package let keys: [String]
  /// Whether a token's signature holds.
  package let accepts: @Sendable (PostageToken) -> Bool

  package init(keys: [String], accepts: @escaping @Sendable (PostageToken) -> Bool) {
    self.keys = keys
    self.accepts = accepts
  }
}
