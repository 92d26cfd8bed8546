// SPDX-License-Identifier: Apache-2.0

/// What begins outside the group: external joins, external proposals; and groups founded from others.
extension Scenario {
  static let externalJoins: [Scenario] = [
    Scenario("external join") { ensemble in
      try ensemble.joinExternally(ensemble.participant(), by: ensemble.members[1])
    },
    Scenario("external join: the tree beside it") { ensemble in
      try ensemble.joinExternally(
        ensemble.participant(), by: ensemble.members[0], tree: .outside)
    },
    Scenario("external join: with a pre-shared key") { ensemble in
      let (id, secret) = (ensemble.freshID(), ensemble.freshID())
      for member in ensemble.members {
        try member.call(
          "StorePSK",
          ["state_or_transaction_id": .number(member.state), "psk_id": id, "psk_secret": secret])
      }
      try ensemble.joinExternally(
        ensemble.participant(), by: ensemble.members[0],
        keys: [.object(["psk_id": id, "psk_secret": secret])])
    },
    Scenario("external join: coming back") { ensemble in
      let newcomer = ensemble.participant()
      try ensemble.joinExternally(newcomer, by: ensemble.members[0])
      try ensemble.joinExternally(newcomer, by: ensemble.members[0])
      try ensemble.joinExternally(ensemble.members[0], by: ensemble.members[1])
    },
  ]

  static let outsiders: [Scenario] = [
    Scenario("external proposal: a newcomer's own") { ensemble in
      let newcomer = ensemble.participant()
      let proposal = try ensemble.newcomersProposal(newcomer, by: ensemble.members[0])
      try ensemble.commit(
        by: ensemble.members[1], references: [proposal], joiners: [newcomer])
    },
    Scenario("external proposal: an addition") { ensemble in
      let signer = try ensemble.allowSigner()
      let newcomer = ensemble.participant()
      let proposal = try ensemble.outsidersProposal(ensemble.addition(of: newcomer), signer)
      try ensemble.commit(
        by: ensemble.members[0], references: [proposal], joiners: [newcomer])
    },
    Scenario("external proposal: a removal", fewest: 3) { ensemble in
      let signer = try ensemble.allowSigner()
      let leaver = ensemble.members[1]
      let proposal = try ensemble.outsidersProposal(ensemble.removal(of: leaver), signer)
      try ensemble.commit(by: ensemble.members[0], references: [proposal], leavers: [leaver])
    },
    Scenario("external proposal: pre-shared keys, of two signers") { ensemble in
      let signers = [try ensemble.allowSigner(), try ensemble.allowSigner()]
      let key = try ensemble.installKey(ensemble.members)
      let references = [
        try ensemble.outsidersProposal(ensemble.use(of: key), signers[1]),
        try ensemble.outsidersProposal(ensemble.resumption(of: 2), signers[0]),
      ]
      try ensemble.commit(by: ensemble.members[1], references: references)
    },
    Scenario("external proposal: extensions") { ensemble in
      let signer = try ensemble.allowSigner()
      let proposal = try ensemble.outsidersProposal(
        ensemble.change(to: [Ensemble.requiresNothing]), signer)
      try ensemble.commit(by: ensemble.members[0], references: [proposal])
    },
    Scenario("external proposal: a re-initialisation", fewest: 3) { ensemble in
      let signer = try ensemble.allowSigner()
      var next = ensemble.unchanged
      next.id = ensemble.freshID()
      next.extensions = [Ensemble.requiresNothing]
      next.path = .forced
      let proposal = try ensemble.outsidersProposal(
        ensemble.reInit(next.id, next.suite, next.extensions), signer)
      try ensemble.reinitialise(
        next, proposal: proposal, committer: ensemble.members[0], welcomer: ensemble.members[1])
    },
  ]

  static let successions: [Scenario] = [
    reInit("another suite") { next, _ in next.suite = next.suite == 1 ? 3 : 1 },
    reInit("another id") { $0.id = $1.freshID() },
    reInit("other extensions") { next, _ in
      next.extensions = [Ensemble.requiresNothing, Ensemble.nobodyOutside]
    },
    reInit("the tree beside it") { next, _ in next.tree = .outside },
    reInit("with a path") { next, _ in next.path = .forced },
    Scenario("re-initialisation: one does it all") { ensemble in
      let one = ensemble.members[0]
      var next = ensemble.unchanged
      next.id = ensemble.freshID()
      try ensemble.reinitialise(
        next, proposal: ensemble.proposeReInit(next, one), committer: one, welcomer: one)
      try ensemble.invite()
    },
    Scenario("branch") { try $0.branchOff() },
    Scenario("branch: with extensions") {
      try $0.branchOff(extensions: [Ensemble.requiresNothing, Ensemble.nobodyOutside])
    },
    Scenario("branch: the tree beside it") { try $0.branchOff(tree: .outside) },
    Scenario("branch: with a path") { try $0.branchOff(path: .forced) },
    Scenario("branch: some of the members", fewest: 3) { ensemble in
      try ensemble.branch(by: ensemble.members[2], with: [ensemble.members[0]])
      try ensemble.invite()
    },
  ]

  /// Three members, where there are as many, propose, commit and welcome.
  private static func reInit(
    _ name: String, _ change: @escaping @Sendable (inout Ensemble.Succession, Ensemble) -> Void
  ) -> Scenario {
    Scenario("re-initialisation: \(name)") { ensemble in
      var next = ensemble.unchanged
      change(&next, ensemble)
      let members = ensemble.members
      try ensemble.reinitialise(
        next, proposal: ensemble.proposeReInit(next, members[0]), committer: members[1],
        welcomer: members[members.count - 1])
      try ensemble.commit(by: members[0])
    }
  }
}

extension Ensemble {
  /// A branch of all members.
  fileprivate mutating func branchOff(
    extensions: [JSONValue] = [], path: PathWish = .whenRequired, tree: TreePlace = .inside
  ) throws {
    try branch(
      by: members[0], with: Array(members.dropFirst()), extensions: extensions, path: path,
      tree: tree)
    try commit(by: members[1])
  }
}
