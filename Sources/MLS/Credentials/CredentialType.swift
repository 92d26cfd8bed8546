// SPDX-License-Identifier: Apache-2.0

public import WireFormat

/// A kind of credential, RFC 9420 section 17.5.
public struct CredentialType: WireNumber {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let basic = CredentialType(rawValue: 1)
  public static let x509 = CredentialType(rawValue: 2)
}
