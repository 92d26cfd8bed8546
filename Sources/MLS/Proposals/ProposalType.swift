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

  /// Whether a Commit that covers it needs a path, RFC 9420 section 12.4.
  var requiresPath: Bool {
    switch self {
    case .add, .preSharedKey, .reInit: false
    default: true
    }
  }

  /// Whether an external sender may propose it, RFC 9420 section 12.1.8.
  var isAllowedForExternalSenders: Bool {
    switch self {
    case .add, .remove, .preSharedKey, .reInit, .groupContextExtensions: true
    default: false
    }
  }
}
