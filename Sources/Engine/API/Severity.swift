// SPDX-License-Identifier: Apache-2.0

/// How much a finding or a notice matters.
public enum Severity: String, Sendable {
  case information, warning, failure
}
