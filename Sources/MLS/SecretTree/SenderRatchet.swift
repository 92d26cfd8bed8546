// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// One of a sender's two ratchets, RFC 9420 section 9.1.
///
/// ```
/// ratchet_secret_[N]_[j]
///       |
///       +--> DeriveTreeSecret(., "nonce", j, AEAD.Nn)  = ratchet_nonce_[N]_[j]
///       +--> DeriveTreeSecret(., "key", j, AEAD.Nk)    = ratchet_key_[N]_[j]
///       V
/// DeriveTreeSecret(., "secret", j, KDF.Nh)             = ratchet_secret_[N]_[j+1]
/// ```
///
/// It holds the secret of the next generation alone, and such keys of passed generations as are kept
/// for messages that come late.
struct SenderRatchet: Sendable {
  private var secret: SharedSecret
  /// The generation of ``secret``; 64 bits, so that the end of the 32-bit generations is a state like
  /// any other and not an overflow.
  private(set) var next: UInt64
  private var kept: [Generation: MessageKey]

  init(_ secret: SharedSecret) {
    self.secret = secret
    next = 0
    kept = [:]
  }

  /// Takes the next key.
  mutating func take(suite: CipherSuite) throws(MLSError) -> MessageKey {
    // RFC 9420 §9.1: behind the last generation there is no key that has not been used.
    guard let generation = UInt32(exactly: next) else { throw .messageKeyUnavailable }
    let derivation = DerivationKey(secret, suite: suite)
    let key = messageKey(Generation(generation), derivation, suite)
    advance(derivation, suite)
    return key
  }

  /// Takes the key of a generation, deriving what lies before it.
  ///
  /// - Parameters:
  ///   - tolerance: How many of the latest passed generations stay available.
  ///   - forward: How many generations may lie between the last one and this. Without a bound one
  ///     message could ask for billions of derivations.
  mutating func take(
    _ generation: Generation, tolerance: UInt32, forward: UInt32, suite: CipherSuite
  ) throws(MLSError) -> MessageKey {
    let wanted = UInt64(generation.rawValue)
    if wanted < next {
      // RFC 9420 §9.2: a key that has been used is gone.
      guard let key = kept.removeValue(forKey: generation) else { throw .messageKeyUnavailable }
      return key
    }
    // RFC 9420 §15.3
    guard wanted - next <= UInt64(forward) else { throw .messageKeyUnavailable }
    while next < wanted {
      let derivation = DerivationKey(secret, suite: suite)
      if wanted - next <= UInt64(tolerance) {
        let passed = Generation(UInt32(truncatingIfNeeded: next))
        kept[passed] = messageKey(passed, derivation, suite)
      }
      advance(derivation, suite)
    }
    let key = try take(suite: suite)
    if !kept.isEmpty {
      kept = kept.filter { UInt64($0.key.rawValue) + UInt64(tolerance) >= wanted }
    }
    return key
  }

  private func messageKey(
    _ generation: Generation, _ derivation: DerivationKey, _ suite: CipherSuite
  ) -> MessageKey {
    let aead = suite.hpke.aead
    return MessageKey(
      generation: generation,
      key: derivation.treeSecret("key", generation, count: aead.keyLength),
      nonce: derivation.treeSecret("nonce", generation, count: aead.nonceLength))
  }

  private mutating func advance(_ derivation: DerivationKey, _ suite: CipherSuite) {
    secret = derivation.treeSecret(
      "secret", Generation(UInt32(truncatingIfNeeded: next)), count: suite.hashLength)
    next += 1
  }

  /// How many keys of passed generations are kept.
  var keptCount: Int { kept.count }

  // MARK: Stored state

  func encodeExposingSecrets(into writer: inout WireWriter) {
    writer.writeSecret(secret)
    writer.write(next)
    writer.writeVector { (inner: inout WireWriter) in
      for (generation, key) in kept.sorted(by: { $0.key < $1.key }) {
        inner.write(generation)
        inner.writeSecret(key.key)
        inner.writeSecret(key.nonce)
      }
    }
  }

  init(exposedFrom reader: inout WireReader) throws(WireError) {
    secret = try reader.readSecret()
    next = try reader.readUInt64()
    var kept: [Generation: MessageKey] = [:]
    try reader.readVector { (inner) throws(WireError) in
      while !inner.isAtEnd {
        let generation: Generation = try inner.read()
        kept[generation] = MessageKey(
          generation: generation, key: try inner.readSecret(), nonce: try inner.readSecret())
      }
    }
    self.kept = kept
  }
}
