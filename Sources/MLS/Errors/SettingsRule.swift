// SPDX-License-Identifier: Apache-2.0

/// A setting of the group that a message runs against.
public enum SettingsRule: Equatable, Sendable {
  case publicMessage
  case proposalByReference
  case externalCommit
  case externalProposal
  case newMemberProposal
  case reInit
}
