// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// Asks for the group to be founded again with other parameters, RFC 9420 section 12.1.5.
///
/// ```
/// struct {
///     opaque group_id<V>;
///     ProtocolVersion version;
///     CipherSuite cipher_suite;
///     Extension extensions<V>;
/// } ReInit;
/// ```
public struct ReInit: Hashable, Sendable, WireCodable {
  public var groupID: GroupID
  public var version: ProtocolVersion
  public var cipherSuite: CipherSuite.Number
  public var extensions: [Extension]

  public init(
    groupID: GroupID, version: ProtocolVersion = .mls10, cipherSuite: CipherSuite.Number,
    extensions: [Extension]
  ) {
    self.groupID = groupID
    self.version = version
    self.cipherSuite = cipherSuite
    self.extensions = extensions
  }

  public init(from reader: inout WireReader) throws(WireError) {
    groupID = try reader.read()
    version = try reader.read()
    cipherSuite = try reader.read()
    extensions = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(groupID)
    writer.write(version)
    writer.write(cipherSuite)
    writer.writeVector(extensions)
  }
}
