// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

extension CipherSuite {
  /// A private key of a vector. Some files write the scalars of NIST curves as integers, without the
  /// zeros that fill them up to the length of the field; some write an Ed25519 key as the 32-byte seed and
  /// then the public key.
  func privateKey(_ key: HexBytes) -> SharedSecret {
    if signatureScheme == .ed25519, key.bytes.count == 64 {
      return SharedSecret(Array(key.bytes[..<32]))
    }
    let missing = hpke.kem.privateKeyLength - key.bytes.count
    return SharedSecret([UInt8](repeating: 0, count: max(missing, 0)) + key.bytes)
  }

  /// A private encryption key of a vector.
  func hpkeKey(_ key: HexBytes) -> HPKEPrivateKey {
    HPKEPrivateKey(privateKey(key), kem: hpke.kem)
  }
}
