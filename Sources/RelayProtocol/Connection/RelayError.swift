// SPDX-License-Identifier: Apache-2.0

/// Why a call to a relay has no answer, by what the caller can do about it.
public enum RelayError: Error, Sendable, Hashable {
  /// Nothing left this machine: no connection. The same call may be made later.
  case unreachable
  /// It may have been done or not: a timeout, a lost answer. The same bytes are to be sent again.
  case outcomeUnknown
  /// The relay refuses.
  case refused(RelayProblem)
  /// The token was retired by the turn at this position: read on up to there.
  case tokenRetired(last: Position)
  /// The log does not end where the append must land.
  case notAt(LogAt)
  /// What came is no answer of a relay.
  case malformedAnswer
  /// The relay's certificate does not chain to what the address names. Nothing was sent.
  case wrongPin
  /// No TLS that can be trusted: an unknown issuer, another name, a date that has passed, or an old
  /// version. Nothing was sent.
  case untrusted
  /// Plain HTTP is taken on loopback only.
  case insecureAddress
}
