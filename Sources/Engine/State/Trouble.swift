// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore

/// Why a relationship cannot go on: nothing more is sent, everything stays readable.
///
/// The one exit from all of them is founding anew (DESIGN section 7).
enum Trouble: UInt8, CaseIterable, Sendable {
  /// The lock turned, and what turned it was no valid commit.
  case brokenTurn = 1
  /// Somebody's chain differs from the one computed here: the relay shows two logs.
  case fork = 2
  /// An envelope from this device's own leaf that this store does not know.
  case copied = 3
  /// A token was refused, and the log shows no turn.
  case refusedWithoutTurn = 4
  /// An identity in the group is not the one in the ledger.
  case identityChanged = 5
  /// Two people answered the invitation that founded it.
  case burnt = 6

  var code: EngineError.Code {
    switch self {
    case .brokenTurn, .refusedWithoutTurn: .channelBroken
    case .fork: .channelForked
    case .copied: .profileCopied
    case .identityChanged: .identityChanged
    case .burnt: .invitationBurnt
    }
  }
}
