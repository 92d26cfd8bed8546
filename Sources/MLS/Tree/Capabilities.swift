// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What a client supports, RFC 9420 section 7.2.
///
/// ```
/// struct {
///     ProtocolVersion versions<V>;
///     CipherSuite cipher_suites<V>;
///     ExtensionType extensions<V>;
///     ProposalType proposals<V>;
///     CredentialType credentials<V>;
/// } Capabilities;
/// ```
public struct Capabilities: Hashable, Sendable, WireCodable {
  public var versions: [ProtocolVersion]
  public var cipherSuites: [CipherSuite.Number]
  /// Without the types that every client supports.
  public var extensions: [ExtensionType]
  /// Without the types that every client supports.
  public var proposals: [ProposalType]
  public var credentials: [CredentialType]

  public init(
    versions: [ProtocolVersion] = [.mls10],
    cipherSuites: [CipherSuite.Number] = CipherSuite.all.map(\.number),
    extensions: [ExtensionType] = [], proposals: [ProposalType] = [],
    credentials: [CredentialType] = [.basic]
  ) {
    self.versions = versions
    self.cipherSuites = cipherSuites
    self.extensions = extensions
    self.proposals = proposals
    self.credentials = credentials
  }

  public init(from reader: inout WireReader) throws(WireError) {
    versions = try reader.readVector()
    cipherSuites = try reader.readVector()
    extensions = try reader.readVector()
    proposals = try reader.readVector()
    credentials = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeVector(versions)
    writer.writeVector(cipherSuites)
    writer.writeVector(extensions)
    writer.writeVector(proposals)
    writer.writeVector(credentials)
  }

  public func supports(_ type: ExtensionType) -> Bool {
    type.isDefault || extensions.contains(type)
  }

  public func supports(_ type: ProposalType) -> Bool {
    type.isDefault || proposals.contains(type)
  }

  public func supports(_ type: CredentialType) -> Bool { credentials.contains(type) }

  /// Whether all types are supported, in time that is linear in both lists.
  func supports(all types: some Collection<ExtensionType>) -> Bool {
    Self.list(extensions, holdsAll: types) { $0.isDefault }
  }

  /// Whether all types are supported, in time that is linear in both lists.
  func supports(all types: some Collection<ProposalType>) -> Bool {
    Self.list(proposals, holdsAll: types) { $0.isDefault }
  }

  /// Whether all types are supported, in time that is linear in both lists.
  func supports(all types: some Collection<CredentialType>) -> Bool {
    Self.list(credentials, holdsAll: types) { _ in false }
  }

  /// Both lists are a stranger's, who may make them long: then a set spares looking through one for
  /// each item of the other.
  private static func list<T: WireNumber>(
    _ listed: [T], holdsAll types: some Collection<T>, orIsDefault: (T) -> Bool
  ) -> Bool {
    guard types.count > 8 else {
      return types.allSatisfy { orIsDefault($0) || listed.contains($0) }
    }
    let listed = Set(listed)
    return types.allSatisfy { orIsDefault($0) || listed.contains($0) }
  }
}
