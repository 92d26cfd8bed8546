// SPDX-License-Identifier: Apache-2.0

/// One of the scenario kinds of the working group's interop runner, for any number of members.
public struct Scenario: Sendable {
  public let name: String
  /// The fewest members it makes sense with.
  let fewest: Int
  private let play: @Sendable (inout Ensemble) throws -> Void

  init(
    _ name: String, fewest: Int = 2, _ play: @escaping @Sendable (inout Ensemble) throws -> Void
  ) {
    self.name = name
    self.fewest = fewest
    self.play = play
  }

  public static let all = welcomes + commits + messages + outsiders + externalJoins + successions

  /// Founds a group of `members` and plays; everybody agrees afterwards, or it throws.
  public func play(
    members: Int, suite: UInt16, isEncrypted: Bool, seed: UInt64, now: UInt64
  ) throws(ScenarioFailure) {
    var ensemble = Ensemble(
      suite: UInt64(suite), isEncrypted: isEncrypted, seed: seed, now: now)
    do {
      try ensemble.found(max(members, fewest))
      try play(&ensemble)
      try ensemble.verify(speakers: Array(ensemble.members.suffix(2)))
    } catch {
      throw ScenarioFailure(
        "\(name), \(members) members, suite \(suite), \(isEncrypted ? "private" : "public"): \(error)"
      )
    }
  }
}
