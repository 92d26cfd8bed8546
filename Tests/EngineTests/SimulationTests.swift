// SPDX-License-Identifier: Apache-2.0

import Simulation
import Testing

/// A few seeds of the simulation beside the other tests; `Scripts/simulate` plays thousands.
@Suite struct SimulationTests {
  @Test(arguments: UInt64(0)..<20)
  func `exactly once, in order, in agreement, within consent`(seed: UInt64) async {
    let outcome = await Simulation.play(seed)
    #expect(outcome.failure == nil, "replay with Scripts/simulate --seed \(seed)")
  }

  /// Seeds that once found something.
  @Test(arguments: Regression.allCases)
  func `a seed that once found a fault finds none`(regression: Regression) async {
    let seed = regression.rawValue
    let outcome = await Simulation.play(seed)
    #expect(outcome.failure == nil, "replay with Scripts/simulate --seed \(seed)")
  }

  @Test func `the same seed takes the same steps`() async {
    let one = await Simulation.play(4)
    let other = await Simulation.play(4)
    #expect(one.steps == other.steps)
    #expect(one.steps.count > 100)
  }

  enum Regression: UInt64, CaseIterable, Sendable {
    /// A refusal as retired, then a send that had not read the turn yet: a healthy channel was given up.
    case refusedAndNotYetRead = 4
    /// A Welcome before the channel it leads to: the client was told that its channel is lost.
    case welcomeBeforeChannel = 5
    /// Written before a withdrawal, sealed after a new consent: sent, and kept apart by its reader.
    case writtenBeforeANewConsent = 11
    /// Two processes of one profile: the slower one took being overtaken for a lie.
    case overtaken = 18
    /// A relay that hides from an author what it has taken.
    case hiddenFromItsAuthor = 79
    /// A withdrawal in a file, signed by a device that its reader had not met.
    case fileFromANewDevice = 126
    /// Two withdrawals waited while the device key was replaced: the second broke the channel.
    case signedByTheKeyBefore = 307
    /// Two processes of the founder met a channel that one of them had just made.
    case foundTwice = 308
    /// A device key replaced while a commit was under way: its new leaf was forgotten.
    case forgottenLeaf = 336
    /// A founder's slow process posted to the intake that a quicker one had closed.
    case closedByAnother = 481
    /// A withdrawal from a file, whose author's device key was replaced before it landed: it bound no more.
    case boundWithoutLanding = 591
    /// A clock that had been far ahead for two syncs: no message left any more.
    case aheadForTwoSyncs = 1_000
    /// An answer was withdrawn twice: the file said what was signed first, and the simulation judged by what
    /// was asked for last.
    case withdrawnTwiceByFile = 1_545
  }
}
