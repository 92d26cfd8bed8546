// SPDX-License-Identifier: Apache-2.0

/// A public key of the suite's KEM, in the encoding of RFC 9180; RFC 9420 section 5.1.1.
public struct HPKEPublicKey: OpaqueBytes {
  public let bytes: [UInt8]
  public init(_ bytes: [UInt8]) { self.bytes = bytes }
}
