// SPDX-License-Identifier: Apache-2.0

import MLS

/// The service against itself: every scenario, then a random history, in every suite and with
/// handshakes encrypted and in the clear.
public struct SelfTest {
  /// The most members of a group.
  public var members = 20
  /// The length of a random history.
  public var steps = 200
  public var seed: UInt64 = 1
  public var suites = CipherSuite.all.map(\.number.rawValue)
  private let now: UInt64

  /// - Parameter now: Seconds since 1970.
  public init(now: UInt64) { self.now = now }

  /// Plays all of it and says what was played; throws at the first failure.
  public func run(report: (String) -> Void) throws(ScenarioFailure) {
    for suite in suites {
      for isEncrypted in [true, false] {
        for scenario in Scenario.all {
          for size in Set([2, 3, members]).sorted() {
            try scenario.play(
              members: size, suite: suite, isEncrypted: isEncrypted, seed: seed, now: now)
          }
        }
        var history = try RandomHistory(
          members: members, suite: suite, isEncrypted: isEncrypted, seed: seed, now: now)
        try history.play(steps: steps)
        let name = CipherSuite(rawValue: suite)?.name ?? "\(suite)"
        report(
          "\(name), \(isEncrypted ? "PrivateMessage" : "PublicMessage"): \(Scenario.all.count) "
            + "scenarios with 2, 3 and \(members) members, \(steps) random steps: ok")
      }
    }
  }
}
