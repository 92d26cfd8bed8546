// SPDX-License-Identifier: Apache-2.0

import Foundation
import Simulation

let usage = """
  usage: simulate SEEDS            play the seeds 0 to SEEDS - 1
         simulate SEEDS --first N  play SEEDS seeds from N on
         simulate --seed N         play one seed again and print every step
  """

/// Reads the arguments: which seeds, and whether to print their steps.
func seeds(_ arguments: [String]) -> (first: UInt64, count: UInt64, replay: Bool)? {
  switch arguments.count {
  case 1: UInt64(arguments[0]).map { (0, $0, false) }
  case 2 where arguments[0] == "--seed": UInt64(arguments[1]).map { ($0, 1, true) }
  case 3 where arguments[1] == "--first":
    UInt64(arguments[0]).flatMap { count in UInt64(arguments[2]).map { ($0, count, false) } }
  default: nil
  }
}

guard let (first, count, replay) = seeds(Array(CommandLine.arguments.dropFirst())) else {
  FileHandle.standardError.write(Data((usage + "\n").utf8))
  exit(64)
}

var passed = 0
var failed = 0

@MainActor
func note(_ outcome: Simulation.Outcome) {
  guard let failure = outcome.failure else {
    passed += 1
    return
  }
  failed += 1
  // The steps of the first failures; the others are to be replayed.
  if !replay, failed <= 3 {
    print("seed \(outcome.seed) failed, step by step:")
    for step in outcome.steps { print("  \(step)") }
  }
  print("seed \(outcome.seed): \(failure)")
  print("replay: Scripts/simulate --seed \(outcome.seed)")
}

if replay {
  note(await Simulation.play(first, .everyStep))
} else {
  await Simulation.play(first..<(first + count), workers: 2) { note($0) }
}
print("\(passed) passed, \(failed) failed")
exit(failed == 0 ? 0 : 1)
