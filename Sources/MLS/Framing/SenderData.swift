// SPDX-License-Identifier: Apache-2.0

package import Primitives
package import WireFormat

/// Who sent a PrivateMessage and which key opens it, RFC 9420 section 6.3.2.
///
/// ```
/// struct {
///     uint32 leaf_index;
///     uint32 generation;
///     opaque reuse_guard[4];
/// } SenderData;
/// ```
package struct SenderData: Hashable, Sendable, WireCodable {
  package var leafIndex: LeafIndex
  package var generation: Generation
  /// Four bytes.
  package var reuseGuard: [UInt8]

  init(leafIndex: LeafIndex, generation: Generation, reuseGuard: [UInt8]) {
    self.leafIndex = leafIndex
    self.generation = generation
    self.reuseGuard = reuseGuard
  }

  package init(from reader: inout WireReader) throws(WireError) {
    leafIndex = try reader.read()
    generation = try reader.read()
    reuseGuard = try reader.readFixed(4)
  }

  package func encode(into writer: inout WireWriter) {
    writer.write(leafIndex)
    writer.write(generation)
    writer.writeFixed(reuseGuard)
  }

  /// The key and nonce for the sender data, from a sample of the message's ciphertext: the nonce is
  /// unique because the sample is, up to the odds of two ciphertexts with the same first bytes.
  package static func key(
    _ secret: SharedSecret, ciphertext: [UInt8], suite: CipherSuite
  ) -> (key: SharedSecret, nonce: [UInt8]) {
    let sample = Array(ciphertext.prefix(suite.hashLength))
    let aead = suite.hpke.aead
    let derivation = DerivationKey(secret, suite: suite)
    return (
      derivation.derive(label: "key", context: sample, count: aead.keyLength),
      derivation.derive(label: "nonce", context: sample, count: aead.nonceLength).exposedBytes()
    )
  }
}
