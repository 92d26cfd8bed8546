// SPDX-License-Identifier: Apache-2.0

public import Consent

/// An invitation as its reader sees it before deciding: authentic and complete, but nothing signed.
public struct Offer: Sendable {
  public let link: InvitationLink
  public let terms: Terms
  /// Seconds since 1970.
  public let expires: Int64
  /// The therapist's identity key, 32 bytes.
  public let therapist: [UInt8]
  /// A name for the therapist that is free on this device.
  public let suggestedName: LocalName
  /// As it lies on the intake.
  let bytes: [UInt8]
}
