// SPDX-License-Identifier: Apache-2.0

/// One thing `doctor` looked at.
public struct HealthCheck: Sendable {
  /// A stable word.
  public let subject: String
  public let severity: Severity
  public let finding: String
  /// The command that mends it.
  public let next: String?
}
