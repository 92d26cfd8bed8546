// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What a group's owner decides and RFC 9420 leaves open.
///
/// The defaults are strict: nothing is accepted but encrypted messages in their order and proposals
/// within Commits. ``open`` accepts all that RFC 9420 describes.
public struct GroupSettings: Hashable, Sendable {
  /// Whether something is taken or refused.
  public enum Acceptance: UInt8, Hashable, Sendable {
    case refuse = 0
    case accept = 1
  }

  /// In what Commits and proposals of one's own travel.
  public enum HandshakeFormat: UInt8, Hashable, Sendable {
    case privateMessage = 0
    case publicMessage = 1
  }

  public var handshakeFormat: HandshakeFormat = .privateMessage
  /// PublicMessages of other members. Those of outsiders are always public, and have settings of their
  /// own.
  public var publicMessages: Acceptance = .refuse
  /// Proposals sent on their own, to be committed by reference.
  public var proposalsByReference: Acceptance = .refuse
  /// Proposals of the senders that the group lists in `external_senders`.
  public var externalProposals: Acceptance = .refuse
  /// Proposals of clients that ask to be added; which of them may is for the ``CredentialValidator``.
  public var newMemberProposals: Acceptance = .refuse
  /// External Commits.
  public var externalCommits: Acceptance = .refuse
  public var reInit: Acceptance = .refuse
  /// What the application's own kinds of proposals are like. All members must say the same: a Commit is
  /// judged by it.
  public var customProposals: [ProposalType: CustomProposalRules] = [:]
  /// How many unused keys of a sender are kept for messages that come late, RFC 9420 section 15.3.
  public var outOfOrderTolerance: UInt32 = 0
  /// How many generations a sender may be ahead of the last message seen.
  public var maximumForwardDistance: UInt32 = 1000
  /// How many epochs back application messages can still be opened.
  public var pastEpochs: UInt32 = 0
  /// How many past epochs' resumption secrets are kept, RFC 9420 section 8.6.
  public var resumptionEpochs: UInt32 = 0

  public init() {}

  /// Everything that RFC 9420 describes, with small windows.
  public static let open: GroupSettings = {
    var settings = GroupSettings()
    settings.publicMessages = .accept
    settings.proposalsByReference = .accept
    settings.externalProposals = .accept
    settings.newMemberProposals = .accept
    settings.externalCommits = .accept
    settings.reInit = .accept
    settings.outOfOrderTolerance = 32
    settings.pastEpochs = 2
    settings.resumptionEpochs = 8
    return settings
  }()
}

extension GroupSettings.Acceptance: WireEncodable, WireDecodable {
  public init(from reader: inout WireReader) throws(WireError) {
    guard let value = Self(rawValue: try reader.readUInt8()) else { throw .invalidValue }
    self = value
  }

  public func encode(into writer: inout WireWriter) { writer.write(rawValue) }
}

extension GroupSettings: WireEncodable, WireDecodable {
  public init(from reader: inout WireReader) throws(WireError) {
    try self.init(from: &reader, version: .current)
  }

  /// The first version knew one setting for all proposals from outside, and no custom kinds.
  init(from reader: inout WireReader, version: StateVersion) throws(WireError) {
    guard let format = HandshakeFormat(rawValue: try reader.readUInt8()) else {
      throw .invalidValue
    }
    handshakeFormat = format
    publicMessages = try reader.read()
    proposalsByReference = try reader.read()
    externalProposals = try reader.read()
    newMemberProposals = version == .first ? externalProposals : try reader.read()
    externalCommits = try reader.read()
    reInit = try reader.read()
    outOfOrderTolerance = try reader.readUInt32()
    maximumForwardDistance = try reader.readUInt32()
    pastEpochs = try reader.readUInt32()
    resumptionEpochs = try reader.readUInt32()
    guard version != .first else { return }
    var rules: [ProposalType: CustomProposalRules] = [:]
    try reader.readVector { (inner) throws(WireError) in
      var last: ProposalType?
      while !inner.isAtEnd {
        let type: ProposalType = try inner.read()
        // In the one order in which they are written, and each once.
        if let last, last.rawValue >= type.rawValue { throw .invalidValue }
        rules[type] = try inner.read()
        last = type
      }
    }
    customProposals = rules
  }

  public func encode(into writer: inout WireWriter) {
    writer.write(handshakeFormat.rawValue)
    writer.write(publicMessages)
    writer.write(proposalsByReference)
    writer.write(externalProposals)
    writer.write(newMemberProposals)
    writer.write(externalCommits)
    writer.write(reInit)
    writer.write(outOfOrderTolerance)
    writer.write(maximumForwardDistance)
    writer.write(pastEpochs)
    writer.write(resumptionEpochs)
    writer.writeVector { (inner: inout WireWriter) in
      for (type, rules) in customProposals.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        inner.write(type)
        inner.write(rules)
      }
    }
  }
}
