// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// A secret from which several others are derived under labels of their own, RFC 9420 section 8.
///
/// Most secrets of MLS have two to nine descendants; keying the hash once for all of them halves what
/// a message costs beside its signature.
struct DerivationKey: Sendable {
  private let key: HKDFKey
  private let suite: CipherSuite

  init(_ secret: SharedSecret, suite: CipherSuite) {
    key = HKDFKey(secret, suite.hashAlgorithm)
    self.suite = suite
  }

  /// ExpandWithLabel, for the lengths of keys, nonces and secrets.
  func derive(label: String, context: [UInt8] = [], count: Int) -> SharedSecret {
    var writer = WireWriter(reservingCapacity: context.count + label.utf8.count + 16)
    writer.write(UInt16(truncatingIfNeeded: count))
    writer.writeMLSLabel(label)
    writer.writeOpaque(context)
    // A count is a length of the suite, or was checked against 255 digests by `expand`.
    guard let derived = try? key.expand(info: writer.bytes, count: count) else {
      preconditionFailure("no length of a suite exceeds 255 digests")
    }
    return derived
  }

  /// DeriveSecret.
  func secret(_ label: String) -> SharedSecret { derive(label: label, count: suite.hashLength) }

  /// DeriveTreeSecret of RFC 9420 section 9.1.
  func treeSecret(_ label: String, _ generation: Generation, count: Int) -> SharedSecret {
    derive(label: label, context: generation.wireBytes, count: count)
  }
}
