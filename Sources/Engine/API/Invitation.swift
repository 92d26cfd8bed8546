// SPDX-License-Identifier: Apache-2.0

/// What `invite` makes: shown once as text and QR code, kept sealed until it is answered.
public struct Invitation: Equatable, Sendable {
  public let name: LocalName
  public let link: InvitationLink
  /// Seconds since 1970.
  public let expires: Int64
}
