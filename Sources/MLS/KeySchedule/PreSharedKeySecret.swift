// SPDX-License-Identifier: Apache-2.0

package import Primitives
import WireFormat

extension CipherSuite {
  /// `psk_secret`: the pre-shared keys, chained in the order of their proposals; RFC 9420 section 8.4.
  ///
  /// ```
  /// struct {
  ///     PreSharedKeyID id;
  ///     uint16 index;
  ///     uint16 count;
  /// } PSKLabel;
  /// ```
  package func preSharedKeySecret(
    _ keys: [(id: PreSharedKeyID, secret: SharedSecret)]
  ) throws(MLSError) -> SharedSecret {
    // RFC 9420 §8.4
    guard let count = UInt16(exactly: keys.count) else {
      throw .invalidProposal(.tooManyPreSharedKeys)
    }
    var chained = zeroSecret
    for (index, key) in keys.enumerated() {
      var label = WireWriter(reservingCapacity: 128)
      label.write(key.id)
      label.write(UInt16(truncatingIfNeeded: index))
      label.write(count)
      let input = derive(
        extract(salt: zeroSecret, ikm: key.secret), label: "derived psk", context: label.bytes,
        count: hashLength)
      chained = extract(salt: input, ikm: chained)
    }
    return chained
  }
}
