// SPDX-License-Identifier: Apache-2.0

import Primitives

/// A random history of a group: after every step all members agree, and hear each other.
public struct RandomHistory {
  private var ensemble: Ensemble
  private let most: Int

  /// A group of two that grows to at most `members`.
  public init(
    members: Int, suite: UInt16, isEncrypted: Bool, seed: UInt64, now: UInt64
  ) throws(ScenarioFailure) {
    most = max(members, 2)
    ensemble = Ensemble(suite: UInt64(suite), isEncrypted: isEncrypted, seed: seed, now: now)
    do { try ensemble.found(2) } catch { throw ScenarioFailure("founding: \(error)") }
  }

  public mutating func play(steps: Int) throws(ScenarioFailure) {
    for step in 0..<steps {
      do {
        try self.step()
        let speaker = ensemble.members[ensemble.pick(ensemble.members.count)]
        try ensemble.verify(speakers: [speaker])
      } catch {
        throw ScenarioFailure("step \(step) of a random history: \(error)")
      }
    }
    do { try ensemble.verify() } catch { throw ScenarioFailure("at the end: \(error)") }
  }

  private mutating func step() throws {
    switch ensemble.pick(10) {
    case 0: try joinExternally()
    case 1: try talkAcrossACommit()
    default: try commit()
    }
  }

  private func one(of members: [Participant]) -> Participant {
    members[Int(ensemble.random.uniform(below: UInt64(members.count)))]
  }

  /// Somebody joins by itself, or comes back.
  private mutating func joinExternally() throws {
    let tree: Ensemble.TreePlace = ensemble.pick(2) == 0 ? .inside : .outside
    let isFull = ensemble.members.count >= most
    let joiner = isFull || ensemble.pick(2) == 0 ? one(of: ensemble.members) : nil
    let inviter = one(of: ensemble.members.filter { $0 !== joiner })
    try ensemble.joinExternally(joiner ?? ensemble.participant(), by: inviter, tree: tree)
  }

  /// Messages that arrive after the Commit which they were sent before, the last one first.
  private mutating func talkAcrossACommit() throws {
    let speaker = one(of: ensemble.members)
    let early = try (0..<3).map { _ in try ensemble.say(speaker) }
    try ensemble.commit(by: one(of: ensemble.members))
    for member in ensemble.members where member !== speaker {
      for message in early.reversed() { try ensemble.hear(message, member) }
    }
  }

  /// A Commit of anything, by reference and by value.
  private mutating func commit() throws {
    let shuffled = self.shuffled(ensemble.members)
    let committer = shuffled[0]
    var rest = Array(shuffled.dropFirst())
    var references: [JSONValue] = []
    var values: [JSONValue] = []
    // Of two at most one goes, so that there is always somebody to talk to.
    let leavers = rest.count > 1 ? Array(rest.prefix(ensemble.pick(min(3, rest.count)))) : []
    rest.removeFirst(leavers.count)
    for leaver in leavers {
      if ensemble.pick(2) == 0 {
        references.append(try ensemble.proposeRemoval(leaver, one(of: rest + [committer])))
      } else {
        values.append(ensemble.removal(of: leaver))
      }
    }
    for updater in rest.prefix(ensemble.pick(min(4, rest.count + 1))) {
      references.append(try ensemble.proposeUpdate(updater))
    }
    let room = max(0, most - rest.count - 1)
    let joiners = (0..<ensemble.pick(min(4, room + 1))).map { _ in ensemble.participant() }
    for joiner in joiners {
      switch ensemble.pick(3) {
      case 0: references.append(try ensemble.proposeAddition(joiner, one(of: rest + [committer])))
      case 1: references.append(try ensemble.newcomersProposal(joiner, by: committer))
      default: values.append(try ensemble.addition(of: joiner))
      }
    }
    try addKeys(&references, &values, joiners: joiners, staying: rest + [committer])
    if ensemble.pick(6) == 0 {
      let some = ensemble.pick(2) == 0 ? [Ensemble.requiresNothing] : []
      values.append(ensemble.change(to: some))
    }
    try ensemble.commit(
      by: committer, references: references, values: values, joiners: joiners, leavers: leavers,
      path: ensemble.pick(2) == 0 ? .forced : .whenRequired,
      tree: ensemble.pick(3) == 0 ? .outside : .inside)
  }

  private mutating func addKeys(
    _ references: inout [JSONValue], _ values: inout [JSONValue], joiners: [Participant],
    staying: [Participant]
  ) throws {
    for _ in 0..<ensemble.pick(3) where ensemble.pick(2) == 0 {
      let key = try ensemble.installKey(staying, waiting: joiners)
      if ensemble.pick(2) == 0 {
        references.append(try ensemble.proposeKey(key, one(of: staying)))
      } else {
        values.append(ensemble.use(of: key))
      }
    }
    // An epoch that all remember who are to follow.
    guard joiners.isEmpty, ensemble.pick(4) == 0 else { return }
    let earliest = staying.map(\.joined).max() ?? ensemble.epoch
    values.append(
      ensemble.resumption(
        of: earliest + UInt64(ensemble.pick(Int(ensemble.epoch - earliest) + 1))))
  }

  private mutating func shuffled(_ members: [Participant]) -> [Participant] {
    var members = members
    for place in members.indices.dropLast() {
      members.swapAt(place, place + ensemble.pick(members.count - place))
    }
    return members
  }
}
