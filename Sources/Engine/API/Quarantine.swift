// SPDX-License-Identifier: Apache-2.0

/// Why a received message is kept apart.
public enum Quarantine: UInt8, Sendable, CaseIterable {
  /// The scope is not consented to.
  case scope = 1
  /// The consent had expired when it was sent.
  case expired = 2
  /// The consent had ended or lapsed, or was not yet in force.
  case notInForce = 3
  /// Its sent time lies before that of an earlier message of the same sender.
  case timeWentBack = 4
  /// Not UTF-8, empty, or too long.
  case malformed = 5
}
