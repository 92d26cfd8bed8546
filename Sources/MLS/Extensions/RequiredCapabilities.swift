// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What every member must support, as a group-context extension; RFC 9420 section 11.1.
///
/// ```
/// struct {
///     ExtensionType extension_types<V>;
///     ProposalType proposal_types<V>;
///     CredentialType credential_types<V>;
/// } RequiredCapabilities;
/// ```
public struct RequiredCapabilities: Hashable, Sendable, WireCodable {
  public var extensions: [ExtensionType]
  public var proposals: [ProposalType]
  public var credentials: [CredentialType]

  public init(
    extensions: [ExtensionType] = [], proposals: [ProposalType] = [],
    credentials: [CredentialType] = []
  ) {
    self.extensions = extensions
    self.proposals = proposals
    self.credentials = credentials
  }

  public init(from reader: inout WireReader) throws(WireError) {
    extensions = try reader.readVector()
    proposals = try reader.readVector()
    credentials = try reader.readVector()
  }

  public func encode(into writer: inout WireWriter) {
    writer.writeVector(extensions)
    writer.writeVector(proposals)
    writer.writeVector(credentials)
  }

  /// This as the extension that carries it.
  public var asExtension: Extension {
    Extension(type: .requiredCapabilities, data: wireBytes)
  }

  /// Whether a client with these capabilities supports all that is required.
  public func isSatisfied(by capabilities: Capabilities) -> Bool {
    capabilities.supports(all: extensions) && capabilities.supports(all: proposals)
      && capabilities.supports(all: credentials)
  }
}
