// SPDX-License-Identifier: Apache-2.0

import CSodium

extension [UInt8] {
  /// Overwrites the bytes of an array that held a secret on its way into or out of the library.
  package mutating func wipe() {
    unsafe withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { unsafe sodium_memzero(base, buffer.count) }
    }
  }
}
