// SPDX-License-Identifier: Apache-2.0

import Crypto

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
public struct RunningSHA256: Sendable {
  private var hash = SHA256()

  public init() {}

  public mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }

  /// The digest of everything so far, 32 bytes.
  public func digest() -> [UInt8] { Array(hash.finalize()) }
}
