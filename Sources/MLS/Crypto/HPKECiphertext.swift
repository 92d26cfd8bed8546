// SPDX-License-Identifier: Apache-2.0

import Primitives
public import WireFormat

/// What EncryptWithLabel gives, RFC 9420 section 7.6.
///
/// ```
/// struct {
///     opaque kem_output<V>;
///     opaque ciphertext<V>;
/// } HPKECiphertext;
/// ```
public struct HPKECiphertext: Hashable, Sendable, WireCodable {
  public var kemOutput: [UInt8]
  public var ciphertext: [UInt8]

  public init(kemOutput: [UInt8], ciphertext: [UInt8]) {
    self.kemOutput = kemOutput
    self.ciphertext = ciphertext
  }

  public init(from reader: inout WireReader) throws(WireError) {
    kemOutput = try reader.readOpaque()
    ciphertext = try reader.readOpaque()
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeOpaque(kemOutput)
    writer.writeOpaque(ciphertext)
  }
}
