// SPDX-License-Identifier: Apache-2.0

/// Deterministic simulation: one seed is one history of a relay, its members and a hostile network.
///
/// The same seed makes the same decisions, in the same order, on every machine. What is encrypted differs
/// from run to run, since the library's encapsulation draws its own randomness; nothing that happens
/// depends on it.
package enum Simulation {
  /// What became of one seed.
  package struct Outcome: Sendable {
    package let seed: UInt64
    /// Nil if everything held that must hold.
    package let failure: String?
    /// Every step, in order.
    package let steps: [String]
  }

  package enum Telling: Sendable {
    /// Steps are kept for the case that the seed fails.
    case quiet
    /// Steps are printed as they happen.
    case everyStep
  }

  /// Plays one seed.
  package static func play(_ seed: UInt64, _ telling: Telling = .quiet) async -> Outcome {
    let world: World
    do {
      world = try World(seed: seed, telling: telling == .quiet ? .kept : .printed)
    } catch {
      return Outcome(seed: seed, failure: "cannot begin: \(error)", steps: [])
    }
    defer { world.clear() }
    var failure: String?
    do {
      try await world.run()
    } catch let violation as Violation {
      failure = violation.what
    } catch {
      failure = "throws \(error)"
    }
    return Outcome(seed: seed, failure: failure, steps: world.trace.text)
  }

  /// Plays many seeds on so many threads, each seed on one, and hands each outcome over as it comes.
  package static func play(
    _ seeds: some Sequence<UInt64> & Sendable, workers: Int,
    _ report: (Outcome) -> Void
  ) async {
    var seeds = seeds.makeIterator()
    await withTaskGroup(of: Outcome.self) { group in
      for _ in 0..<max(1, workers) {
        guard let seed = seeds.next() else { break }
        group.addTask { await play(seed) }
      }
      while let outcome = await group.next() {
        report(outcome)
        guard let seed = seeds.next() else { continue }
        group.addTask { await play(seed) }
      }
    }
  }
}
