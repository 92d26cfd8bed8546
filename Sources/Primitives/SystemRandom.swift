// SPDX-License-Identifier: Apache-2.0

import CSodium

/// The operating system's randomness, through libsodium.
public struct SystemRandom: RandomSource {
  public init() { _ = Sodium.ready }

  public func bytes(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      if let base = buffer.baseAddress { unsafe randombytes_buf(base, count) }
      filled = count
    }
  }

  public func secret(_ count: Int) -> SharedSecret {
    unsafe SharedSecret(count: count) { target in
      if let base = target.baseAddress { unsafe randombytes_buf(base, count) }
    }
  }
}
