// SPDX-License-Identifier: Apache-2.0

/// Joining by a Welcome, Commits of every kind, and application messages.
extension Scenario {
  static let welcomes: [Scenario] = [
    Scenario("welcome: without a path secret") { try $0.invite() },
    Scenario("welcome: with a path secret") { try $0.invite(path: .forced) },
    Scenario("welcome: the tree beside it") { try $0.invite(tree: .outside) },
    Scenario("welcome: with a pre-shared key") { ensemble in
      let newcomer = ensemble.participant()
      let addition = try ensemble.proposeAddition(newcomer, ensemble.members[0])
      let key = try ensemble.installKey(ensemble.members, waiting: [newcomer])
      let use = try ensemble.proposeKey(key, ensemble.members[0])
      try ensemble.commit(
        by: ensemble.members[0], references: [addition, use], joiners: [newcomer])
    },
  ]

  static let commits: [Scenario] = [
    Scenario("commit: nothing") { ensemble in
      for member in ensemble.members.prefix(3) { try ensemble.commit(by: member) }
    },
    Scenario("commit: additions") { ensemble in
      for path in [Ensemble.PathWish.forced, .whenRequired] {
        let newcomers = (0..<3).map { _ in ensemble.participant() }
        let references = [
          try ensemble.proposeAddition(newcomers[0], ensemble.members[0]),
          try ensemble.proposeAddition(newcomers[1], ensemble.members[1]),
        ]
        try ensemble.commit(
          by: ensemble.members[0], references: references,
          values: [ensemble.addition(of: newcomers[2])], joiners: newcomers, path: path)
      }
    },
    Scenario("commit: removals", fewest: 5) { ensemble in
      let leavers = Array(ensemble.members[2...4])
      let references = [
        try ensemble.proposeRemoval(leavers[0], ensemble.members[0]),
        try ensemble.proposeRemoval(leavers[1], ensemble.members[1]),
      ]
      try ensemble.commit(
        by: ensemble.members[0], references: references,
        values: [ensemble.removal(of: leavers[2])], leavers: leavers)
    },
    Scenario("commit: updates") { ensemble in
      let updates = try ensemble.members.dropFirst().map { try ensemble.proposeUpdate($0) }
      try ensemble.commit(by: ensemble.members[0], references: updates)
    },
    Scenario("commit: extensions of the group context") { ensemble in
      let some = [Ensemble.requiresNothing, Ensemble.nobodyOutside]
      let first = try ensemble.proposeChange(some, ensemble.members[0])
      try ensemble.commit(by: ensemble.members[0], references: [first])
      let none = try ensemble.proposeChange([], ensemble.members[1])
      try ensemble.commit(by: ensemble.members[0], references: [none])
      try ensemble.commit(
        by: ensemble.members[0], values: [ensemble.change(to: [Ensemble.requiresNothing])])
    },
    Scenario("commit: external pre-shared keys") { ensemble in
      let keys = try (0..<3).map { _ in try ensemble.installKey(ensemble.members) }
      for path in [Ensemble.PathWish.forced, .whenRequired] {
        let references = [
          try ensemble.proposeKey(keys[0], ensemble.members[0]),
          try ensemble.proposeKey(keys[1], ensemble.members[1]),
        ]
        try ensemble.commit(
          by: ensemble.members[0], references: references, values: [ensemble.use(of: keys[2])],
          path: path)
      }
    },
    Scenario("commit: keys of earlier epochs") { ensemble in
      for _ in 0..<2 { try ensemble.commit(by: ensemble.members[0]) }
      for first in [1, 2] as [UInt64] {
        let references = [
          try ensemble.proposeResumption(first, ensemble.members[0]),
          try ensemble.proposeResumption(first + 1, ensemble.members[1]),
        ]
        try ensemble.commit(
          by: ensemble.members[0], references: references,
          values: [ensemble.resumption(of: first + 2)], path: .forced)
      }
    },
    Scenario("commit: everything together", fewest: 4) { ensemble in
      let (alice, bob) = (ensemble.members[0], ensemble.members[1])
      let leavers = Array(ensemble.members[2...3])
      let staying = [alice, bob] + ensemble.members.dropFirst(4)
      let keys = try (0..<2).map { _ in try ensemble.installKey(staying) }
      // Nobody comes in: whoever did would not have the keys of earlier epochs.
      let references = [
        try ensemble.proposeRemoval(leavers[0], bob),
        try ensemble.proposeChange([Ensemble.requiresNothing, Ensemble.nobodyOutside], alice),
        try ensemble.proposeKey(keys[0], bob), try ensemble.proposeResumption(1, bob),
        try ensemble.proposeUpdate(bob),
      ]
      try ensemble.commit(
        by: alice, references: references,
        values: [ensemble.removal(of: leavers[1]), ensemble.use(of: keys[1])], leavers: leavers)
      try ensemble.invite()
    },
    Scenario("commit: one that loses against another's") { ensemble in
      let loser = ensemble.members[1]
      try loser.callState("Commit")
      try ensemble.commit(by: ensemble.members[0])
    },
  ]

  static let messages: [Scenario] = [
    Scenario("application: in their order") { ensemble in
      let spoken = try (0..<3).map { _ in try ensemble.say(ensemble.members[0]) }
      for message in spoken { try ensemble.hear(message, ensemble.members[1]) }
    },
    Scenario("application: in another order") { ensemble in
      let spoken = try (0..<3).map { _ in try ensemble.say(ensemble.members[0]) }
      for message in spoken.reversed() { try ensemble.hear(message, ensemble.members[1]) }
    },
    Scenario("application: across epochs") { ensemble in
      var spoken = try (0..<2).map { _ in try ensemble.say(ensemble.members[0]) }
      try ensemble.commit(by: ensemble.members[0])
      spoken += try (0..<2).map { _ in try ensemble.say(ensemble.members[0]) }
      for message in spoken.reversed() { try ensemble.hear(message, ensemble.members[1]) }
    },
  ]
}

extension Ensemble {
  /// Adds somebody by reference.
  mutating func invite(path: PathWish = .whenRequired, tree: TreePlace = .inside) throws {
    let newcomer = participant()
    let addition = try proposeAddition(newcomer, members[0])
    try commit(
      by: members[0], references: [addition], joiners: [newcomer], path: path, tree: tree)
  }
}
