// SPDX-License-Identifier: Apache-2.0

package import RelayProtocol

/// What a ``MemoryRelay`` takes as postage: the store under it looks at no signature itself.
package struct MemoryPostage: Sendable {
  /// The identity that a relay in memory shows, 32 bytes.
  package static let identity = [UInt8](repeating: 0, count: 32)

  /// The keys that it shows, base64url.
  package let keys: [String]
  /// Whether a token's signature holds.
  package let accepts: @Sendable (PostageToken) -> Bool

  package init(keys: [String], accepts: @escaping @Sendable (PostageToken) -> Bool) {
    self.keys = keys
    self.accepts = accepts
  }
}
