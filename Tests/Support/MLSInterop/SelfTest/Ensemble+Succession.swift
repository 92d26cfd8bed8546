// SPDX-License-Identifier: Apache-2.0

/// Groups founded from others.
extension Ensemble {
  /// How a group is to be founded again.
  struct Succession {
    var suite: UInt64
    var id: JSONValue
    var extensions: [JSONValue] = []
    var path = PathWish.whenRequired
    var tree = TreePlace.inside
  }

  /// What a group is founded again with where nothing changes.
  var unchanged: Succession { Succession(suite: suite, id: groupID) }

  func proposeReInit(_ next: Succession, _ proposer: Participant) throws -> JSONValue {
    try proposer.callState(
      "ReInitProposal",
      [
        "cipher_suite": .number(next.suite), "group_id": next.id,
        "extensions": .list(next.extensions),
      ]
    ).bytes("proposal")
  }

  /// Closes the group with a proposal, founds the next one, and goes on in it.
  mutating func reinitialise(
    _ next: Succession, proposal: JSONValue, committer: Participant, welcomer: Participant
  ) throws {
    let commit = try committer.callState("ReInitCommit", ["by_reference": .list([proposal])])
    let own = try committer.callState("HandlePendingReInitCommit")
    var replies: [(Participant, Reply)] = [(committer, own)]
    for member in members where member !== committer {
      let reply = try member.callState(
        "HandleReInitCommit", ["proposal": .list([proposal]), "commit": commit.bytes("commit")])
      try expect(reply, own.bytes("epoch_authenticator"))
      replies.append((member, reply))
    }
    guard let founding = replies.first(where: { $0.0 === welcomer })?.1 else { return }
    let others = replies.filter { $0.0 !== welcomer }
    let made = try welcomer.call(
      "ReInitWelcome",
      [
        "reinit_id": .number(founding.number("reinit_id")),
        "key_package": .list(others.map { try $0.1.bytes("key_package") }),
        "force_path": .bool(next.path == .forced), "external_tree": .bool(next.tree == .outside),
      ])
    var states = [(welcomer, try made.number("state_id"))]
    for (member, reply) in others {
      let joined = try member.call(
        "HandleReInitWelcome",
        [
          "reinit_id": .number(reply.number("reinit_id")), "welcome": made.bytes("welcome"),
          "ratchet_tree": made.bytes("ratchet_tree"),
        ])
      try expect(joined, made.bytes("epoch_authenticator"))
      states.append((member, try joined.number("state_id")))
    }
    moveOn(to: next.id, suite: next.suite, states: states)
  }

  /// Founds a group of some members beside this one, which goes on, and goes over to it.
  mutating func branch(
    by founder: Participant, with others: [Participant], extensions: [JSONValue] = [],
    path: PathWish = .whenRequired, tree: TreePlace = .inside
  ) throws {
    let id = freshID()
    let packages = try others.map { try keyPackage(of: $0) }
    let made = try founder.callState(
      "CreateBranch",
      [
        "group_id": id, "extensions": .list(extensions), "key_packages": .list(packages),
        "force_path": .bool(path == .forced), "external_tree": .bool(tree == .outside),
      ])
    var states = [(founder, try made.number("state_id"))]
    for member in others {
      let joined = try member.callState(
        "HandleBranch",
        [
          "transaction_id": .number(member.transaction), "welcome": made.bytes("welcome"),
          "ratchet_tree": made.bytes("ratchet_tree"),
        ])
      try expect(joined, made.bytes("epoch_authenticator"))
      states.append((member, try joined.number("state_id")))
    }
    try verify()
    moveOn(to: id, suite: suite, states: states)
  }
}
