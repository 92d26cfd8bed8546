// SPDX-License-Identifier: Apache-2.0

public import Consent

/// What `consent audit` re-checked from the bytes, and what it found.
public struct AuditReport: Sendable {
  public let name: LocalName
  /// Line by line, epoch by epoch, message by message; ``ConsentAudit/isClean`` is the verdict.
  public let audit: ConsentAudit
  /// Messages kept apart because the consent did not cover them; they are no finding.
  public let quarantined: Int
  /// Lines that this device lodged, with the relay's word for it, checked again; in their order.
  public let lodged: [Lodgement]
}
