// SPDX-License-Identifier: Apache-2.0

package import Primitives

/// The key and nonce of one message, RFC 9420 section 9.1.
///
/// Each is used for one message only: whoever takes it out of the ``SecretTree`` consumes it there.
package struct MessageKey: Sendable {
  package let generation: Generation
  package let key: SharedSecret
  package let nonce: SharedSecret

  /// The nonce of the encryption: a fresh guard over its first four bytes, so that even a generation
  /// used twice by accident (a state restored from an old copy) does not repeat it; RFC 9420 section
  /// 6.3.1.
  func nonce(guardedBy reuseGuard: [UInt8]) -> [UInt8] {
    var bytes = nonce.exposedBytes()
    for (index, byte) in reuseGuard.prefix(bytes.count).enumerated() { bytes[index] ^= byte }
    return bytes
  }
}
