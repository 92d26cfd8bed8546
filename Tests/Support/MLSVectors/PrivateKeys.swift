// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

extension CipherSuite {
  /// A private key of a vector. Some files write the scalars of NIST curves as integers, without the
  /// zeros that fill them up to the length of the field.
  func privateKey(_ key: HexBytes) -> SharedSecret {
    let missing = hpke.kem.privateKeyLength - key.bytes.count
    return SharedSecret([UInt8](repeating: 0, count: max(missing, 0)) + key.bytes)
  }

  /// A private encryption key of a vector.
  func hpkeKey(_ key: HexBytes) -> HPKEPrivateKey {
    HPKEPrivateKey(privateKey(key), kem: hpke.kem)
  }
}
