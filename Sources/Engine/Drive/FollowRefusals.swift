// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol

/// The relays that did not let themselves be followed, for as long as a watch lasts: each is left out for a
/// while and tried again, and the others are followed meanwhile.
struct FollowRefusals {
  private struct Refusal {
    let error: EngineError
    let tries: Int
    let until: ContinuousClock.Instant
  }

  private var refusals: [RelayAddress: Refusal] = [:]

  /// Leaves a relay out for 30 seconds, and twice as long each time that it refuses again, up to an hour; one
  /// that is only away for 30 seconds each time.
  mutating func note(
    _ error: EngineError, by relay: RelayAddress, at now: ContinuousClock.Instant
  ) {
    let tries = (refusals[relay]?.tries ?? 0) + 1
    let seconds = error.code == .relayUnreachable ? 30 : min(30 << min(tries - 1, 7), 3_600)
    refusals[relay] = Refusal(error: error, tries: tries, until: now + .seconds(seconds))
  }

  /// A relay has shown something.
  mutating func forget(_ relay: RelayAddress) { refusals[relay] = nil }

  func leavesOut(_ relay: RelayAddress, at now: ContinuousClock.Instant) -> Bool {
    refusals[relay].map { now < $0.until } ?? false
  }

  /// Why a relay was not followed when that was last tried.
  func error(of relay: RelayAddress) -> EngineError? { refusals[relay]?.error }

  /// For how long none of those left out is tried again.
  func pause(of relays: some Sequence<RelayAddress>, at now: ContinuousClock.Instant) -> Duration? {
    relays.compactMap { refusals[$0]?.until }.filter { $0 > now }.min().map { $0 - now }
  }
}
