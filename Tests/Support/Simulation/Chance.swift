// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Every decision of a simulation: a function of the seed alone.
///
/// Devices and relay draw from sources of their own, so that how many bytes a key takes does not change
/// what happens next.
struct Chance: Sendable {
  private let random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// A number from 0 to one less than `bound`.
  func below(_ bound: Int) -> Int { Int(random.uniform(below: UInt64(max(1, bound)))) }

  func between(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// True so many times in ten thousand.
  func happens(_ perTenThousand: Int) -> Bool {
    perTenThousand > 0 && below(10_000) < perTenThousand
  }

  func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  /// One of the choices, each as likely as its weight.
  func pick<Choice>(weighted choices: [(Int, Choice)]) -> Choice {
    var number = below(choices.reduce(0) { $0 + $1.0 })
    for (weight, choice) in choices {
      if number < weight { return choice }
      number -= weight
    }
    return choices[choices.count - 1].1
  }
}
