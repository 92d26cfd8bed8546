// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

/// What every token of a relay is issued for: that relay, and nothing finer.
public enum PostageChallenge {
  /// The TokenChallenge of RFC 9577 §2.1.1, type 2. The issuer's name is the fingerprint of the relay's
  /// identity: a relay has many addresses and one identity. It has no context and no origin, so that
  /// all tokens of a relay are alike.
  ///
  /// - Parameter identity: the relay's Ed25519 key, 32 bytes.
  public static func bytes(identity: [UInt8]) -> [UInt8] {
    let name = Array(Hex.encode(Digest.sha256(identity).prefix(16)).utf8)
    var writer = WireWriter()
    writer.write(PostageToken.type)
    writer.write(UInt16(name.count))
    writer.writeFixed(name)
    writer.write(UInt8(0))
    writer.write(UInt16(0))
    return writer.bytes
  }

  /// SHA-256 of the challenge, 32 bytes.
  public static func digest(identity: [UInt8]) -> [UInt8] {
    Digest.sha256(bytes(identity: identity))
  }
}
