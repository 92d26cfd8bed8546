// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

extension WireReader {
  /// `opaque secret<V>`, into a buffer that wipes itself.
  mutating func readSecret() throws(WireError) -> SharedSecret {
    var bytes = try readOpaque()
    return SharedSecret(wiping: &bytes)
  }

  /// `HPKEPrivateKey key` of a suite, `opaque key<V>`.
  mutating func readPrivateKey(_ suite: CipherSuite) throws(WireError) -> HPKEPrivateKey {
    HPKEPrivateKey(try readSecret(), kem: suite.hpke.kem)
  }
}

extension WireWriter {
  /// `opaque secret<V>`, in the clear: for what is encrypted or sealed next.
  mutating func writeSecret(_ secret: SharedSecret) {
    var bytes = secret.exposedBytes()
    writeOpaque(bytes)
    bytes.wipe()
  }
}
