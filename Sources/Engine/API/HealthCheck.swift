// SPDX-License-Identifier: Apache-2.0

/// One thing `doctor` looked at.
public struct HealthCheck: Sendable {
  /// A stable word, or a relay's address behind one.
  public let subject: String
  /// Whom it is about, as typed on this device.
  public let name: LocalName?
  public let severity: Severity
  public let finding: String
  /// What the finding is in words; nil where nothing is wrong.
  public let error: EngineError?
  /// The command that mends it.
  public let next: String?
}
