// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A version of MLS, RFC 9420 section 6.
public struct ProtocolVersion: WireNumber {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let mls10 = ProtocolVersion(rawValue: 1)
}
