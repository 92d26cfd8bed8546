// SPDX-License-Identifier: Apache-2.0

/// The exit codes, the same for every command.
enum ExitStatus: Int32, CaseIterable, Sendable {
  case done = 0
  case failed = 1
  case notFound = 3
  case locked = 4
  case unreachable = 5
  case identity = 6
  case consent = 7
  case quota = 8
  case integrity = 9
  case noProfile = 10
  case inUse = 11
  case usage = 64
  case cancelled = 130

  /// What it means, as `--help` prints it.
  var meaning: String {
    switch self {
    case .done: "done"
    case .failed: "failed"
    case .notFound: "not found"
    case .locked: "vault locked or wrong passphrase"
    case .unreachable: "relay unreachable; what was to be sent is kept"
    case .identity: "identity of a person or relay changed, or not verified: refused"
    case .consent: "consent missing, expired or withdrawn: refused"
    case .quota: "the relay's quota or the postage is used up, or the disk is full"
    case .integrity: "integrity: a bad signature, a broken chain, damage"
    case .noProfile: "no profile"
    case .inUse: "profile still in use after 30 seconds"
    case .usage: "wrong usage"
    case .cancelled: "cancelled"
    }
  }
}
