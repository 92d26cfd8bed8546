// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What RFC 9420 leaves to whoever defines a kind of proposal.
public struct CustomProposalRules: Hashable, Sendable {
  /// Whether a Commit that covers it needs a path, RFC 9420 section 12.4.
  public enum Path: UInt8, Hashable, Sendable {
    case optional = 0
    case required = 1
  }

  public var path: Path
  /// Whether external senders may propose it, RFC 9420 section 12.1.8.
  public var externalSenders: GroupSettings.Acceptance

  /// By default a path is required, and external senders are refused.
  public init(path: Path = .required, externalSenders: GroupSettings.Acceptance = .refuse) {
    self.path = path
    self.externalSenders = externalSenders
  }
}

extension CustomProposalRules: WireEncodable, WireDecodable {
  public init(from reader: inout WireReader) throws(WireError) {
    guard let path = Path(rawValue: try reader.readUInt8()) else { throw .invalidValue }
    self.init(path: path, externalSenders: try reader.read())
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(path.rawValue)
    writer.write(externalSenders)
  }
}

extension GroupSettings {
  /// Whether a Commit that covers a proposal of this type needs a path, RFC 9420 section 12.4.
  func requiresPath(_ type: ProposalType) -> Bool {
    switch type {
    case .add, .preSharedKey, .reInit: false
    case _ where type.isDefault: true
    default: rules(of: type).path == .required
    }
  }

  /// Whether an external sender may propose it, RFC 9420 section 12.1.8.
  func allowsExternalSenders(_ type: ProposalType) -> Bool {
    type.isDefault
      ? type.isAllowedForExternalSenders : rules(of: type).externalSenders == .accept
  }

  private func rules(of type: ProposalType) -> CustomProposalRules {
    customProposals[type] ?? CustomProposalRules()
  }
}
