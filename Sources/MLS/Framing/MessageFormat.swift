// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// What an MLSMessage holds, RFC 9420 section 17.2.
public struct MessageFormat: WireNumber {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let publicMessage = MessageFormat(rawValue: 1)
  public static let privateMessage = MessageFormat(rawValue: 2)
  public static let welcome = MessageFormat(rawValue: 3)
  public static let groupInfo = MessageFormat(rawValue: 4)
  public static let keyPackage = MessageFormat(rawValue: 5)
}
