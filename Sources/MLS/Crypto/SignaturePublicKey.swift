// SPDX-License-Identifier: Apache-2.0

/// A public key of the suite's signature scheme, RFC 9420 section 5.1.1: for Ed25519 the 32 bytes of
/// RFC 8032, for NIST curves an uncompressed point.
public struct SignaturePublicKey: OpaqueBytes {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
