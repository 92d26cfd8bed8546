// SPDX-License-Identifier: Apache-2.0

extension KEM {
  /// A fresh key pair, from randomness that the caller supplies.
  public func generateKeyPair(
    from random: some RandomSource
  ) throws(PrimitiveError) -> HPKEKeyPair {
    // X25519 and X-Wing keys are uniform byte strings; a NIST scalar has to be sampled below the
    // order, which is what DeriveKeyPair does with uniform input of the scalar's own length.
    let secret = random.secret(privateKeyLength)
    switch self {
    case .x25519, .xWing:
      return try keyPair(of: secret)
    case .p256, .p384, .p521:
      return try deriveKeyPair(from: secret)
    }
  }

  /// `DeriveKeyPair(ikm)`: RFC 9180 section 7.1.3 for the DHKEMs, the labelled SHAKE256 derivation
  /// of draft-ietf-hpke-pq section 4 for X-Wing.
  public func deriveKeyPair(from ikm: SharedSecret) throws(PrimitiveError) -> HPKEKeyPair {
    guard let hash = derivationHash else {
      let seed = SHAKE256.labeledDerive(
        ikm: ikm, suite: suiteIdentifier, label: "DeriveKeyPair", count: privateKeyLength)
      return try keyPair(of: seed)
    }
    let prk = labeledExtract(hash, label: "dkp_prk", ikm: ikm)
    switch self {
    case .x25519, .xWing:
      return try keyPair(of: labeledExpand(hash, prk: prk, label: "sk", info: []))
    case .p256, .p384, .p521:
      for counter: UInt8 in 0...255 {
        var candidate = try labeledExpand(hash, prk: prk, label: "candidate", info: [counter])
        if self == .p521 {
          // The order of P-521 has 521 bits: seven of the 528 are cleared.
          var bytes = candidate.exposedBytes()
          bytes[0] &= 0x01
          candidate = SharedSecret(wiping: &bytes)
        }
        // The library refuses a scalar of zero or not below the order, which is the sampling rule.
        if let pair = try? keyPair(of: candidate) { return pair }
      }
      throw .invalidKey
    }
  }

  private func keyPair(of secret: SharedSecret) throws(PrimitiveError) -> HPKEKeyPair {
    let key = HPKEPrivateKey(secret, kem: self)
    return HPKEKeyPair(privateKey: key, publicKey: try key.publicKey())
  }

  /// RFC 9180 section 4: `LabeledExtract("", label, ikm)` under the KEM's own suite.
  private func labeledExtract(
    _ hash: HashAlgorithm, label: String, ikm: SharedSecret
  ) -> SharedSecret {
    var labeled = Array("HPKE-v1".utf8) + suiteIdentifier + Array(label.utf8)
    let prefix = labeled.count
    labeled.reserveCapacity(prefix + ikm.count)
    var secret = ikm.exposedBytes()
    labeled += secret
    secret.wipe()
    return hash.extract(salt: SharedSecret([]), ikm: SharedSecret(wiping: &labeled))
  }

  /// RFC 9180 section 4: `LabeledExpand(prk, label, info, Nsk)` under the KEM's own suite.
  private func labeledExpand(
    _ hash: HashAlgorithm, prk: SharedSecret, label: String, info: [UInt8]
  ) throws(PrimitiveError) -> SharedSecret {
    let count = privateKeyLength
    let labeled =
      [UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] + Array("HPKE-v1".utf8)
      + suiteIdentifier + Array(label.utf8) + info
    return try hash.expand(prk, info: labeled, count: count)
  }
}
