// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A kind of proposal, RFC 9420 section 17.4.
public struct ProposalType: WireNumber {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let add = ProposalType(rawValue: 1)
  public static let update = ProposalType(rawValue: 2)
  public static let remove = ProposalType(rawValue: 3)
  public static let preSharedKey = ProposalType(rawValue: 4)
  public static let reInit = ProposalType(rawValue: 5)
  public static let externalInit = ProposalType(rawValue: 6)
  public static let groupContextExtensions = ProposalType(rawValue: 7)

  /// Whether every client supports it, RFC 9420 section 7.2.
  public var isDefault: Bool { (1...7).contains(rawValue) }

  /// Whether RFC 9420 section 12.1.8 lets external senders propose it; of types that it does not define
  /// the settings of each group say.
  var isAllowedForExternalSenders: Bool { self != .update && self != .externalInit }
}
