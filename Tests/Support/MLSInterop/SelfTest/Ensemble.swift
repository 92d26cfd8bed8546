// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

/// The members of a group and those around it, each with a service of its own.
struct Ensemble {
  private(set) var suite: UInt64
  let isEncrypted: Bool
  let random: SeededRandom
  let now: UInt64
  /// All members, the founder first unless it left.
  var members: [Participant] = []
  var epoch: UInt64 = 0
  private(set) var groupID: JSONValue = .bytes([])
  private var names = 0

  init(suite: UInt64, isEncrypted: Bool, seed: UInt64, now: UInt64) {
    self.suite = suite
    self.isEncrypted = isEncrypted
    self.now = now
    random = SeededRandom(seed: seed)
  }

  /// Somebody new. Every second one stores its state after each request and reads it back; every third
  /// one sends reserved values wherever they may stand.
  mutating func participant() -> Participant {
    names += 1
    var service = InteropService(
      random: SeededRandom(seed: random.uniform(below: .max)), now: { [now] in now },
      grease: names.isMultiple(of: 3) ? .include : .inCapabilities,
      storage: names.isMultiple(of: 2) ? .reloading : .inMemory)
    return Participant("participant \(names)") { service.answer($0) ?? "" }
  }

  mutating func pick(_ count: Int) -> Int { Int(random.uniform(below: UInt64(max(count, 1)))) }

  func freshID() -> JSONValue { .bytes(random.bytes(32)) }

  // MARK: Groups

  /// A founder, who adds all others with one Commit.
  mutating func found(_ size: Int) throws {
    groupID = freshID()
    let founder = participant()
    founder.state = try founder.call(
      "CreateGroup",
      [
        "group_id": groupID, "cipher_suite": .number(suite),
        "encrypt_handshake": .bool(isEncrypted), "identity": founder.identity,
      ]
    ).number("state_id")
    members = [founder]
    epoch = 0
    guard size > 1 else { return }
    let others = (1..<size).map { _ in participant() }
    try commit(by: founder, values: others.map { try addition(of: $0) }, joiners: others)
  }

  func keyPackage(of newcomer: Participant) throws -> JSONValue {
    let reply = try newcomer.call(
      "CreateKeyPackage", ["cipher_suite": .number(suite), "identity": newcomer.identity])
    newcomer.transaction = try reply.number("transaction_id")
    return try reply.bytes("key_package")
  }

  /// A key that all of these know.
  func installKey(_ holders: [Participant], waiting: [Participant] = []) throws -> JSONValue {
    let id = freshID()
    let secret = freshID()
    let ids = holders.map { ($0, $0.state) } + waiting.map { ($0, $0.transaction) }
    for (holder, number) in ids {
      try holder.call(
        "StorePSK",
        ["state_or_transaction_id": .number(number), "psk_id": id, "psk_secret": secret])
    }
    return id
  }

  /// Commits, and has everybody follow who is to.
  mutating func commit(
    by committer: Participant, references: [JSONValue] = [], values: [JSONValue] = [],
    joiners: [Participant] = [], leavers: [Participant] = [], path: PathWish = .whenRequired,
    tree: TreePlace = .inside
  ) throws {
    let made = try committer.callState(
      "Commit",
      [
        "by_reference": .list(references), "by_value": .list(values),
        "force_path": .bool(path == .forced), "external_tree": .bool(tree == .outside),
      ])
    let pending = try committer.callState("HandlePendingCommit")
    committer.state = try pending.number("state_id")
    let authenticator = try pending.bytes("epoch_authenticator")
    for member in members where member !== committer {
      if leavers.contains(where: { $0 === member }) { continue }
      let reply = try member.callState(
        "HandleCommit", ["proposal": .list(references), "commit": made.bytes("commit")])
      member.state = try reply.number("state_id")
      try expect(reply, authenticator)
    }
    epoch += 1
    for joiner in joiners {
      let reply = try joiner.call(
        "JoinGroup",
        [
          "transaction_id": .number(joiner.transaction), "welcome": made.bytes("welcome"),
          "encrypt_handshake": .bool(isEncrypted), "identity": joiner.identity,
          "ratchet_tree": made.bytes("ratchet_tree"),
        ])
      joiner.state = try reply.number("state_id")
      joiner.joined = epoch
      try expect(reply, authenticator)
    }
    for leaver in leavers { try leaver.callState("Free") }
    members.removeAll { member in leavers.contains { $0 === member } }
    members += joiners
  }

  /// Has somebody join without being added, or come back.
  mutating func joinExternally(
    _ joiner: Participant, by inviter: Participant, keys: [JSONValue] = [],
    tree: TreePlace = .inside
  ) throws {
    let returns = members.contains { $0 === joiner }
    let info = try inviter.callState("GroupInfo", ["external_tree": .bool(tree == .outside)])
    let reply = try joiner.call(
      "ExternalJoin",
      [
        "group_info": info.bytes("group_info"), "ratchet_tree": info.bytes("ratchet_tree"),
        "encrypt_handshake": .bool(isEncrypted), "identity": joiner.identity,
        "remove_prior": .bool(returns), "psks": .list(keys),
      ])
    epoch += 1
    for member in members where member !== joiner {
      let followed = try member.callState("HandleCommit", ["commit": reply.bytes("commit")])
      member.state = try followed.number("state_id")
      try expect(followed, reply.bytes("epoch_authenticator"))
    }
    if returns { try joiner.callState("Free") } else { members.append(joiner) }
    joiner.state = try reply.number("state_id")
    joiner.joined = epoch
  }

  // MARK: Agreement

  /// Everybody has the same secrets, and everybody else opens what some say.
  func verify(speakers: [Participant]? = nil) throws {
    let question: [String: JSONValue] = [
      "label": .text("selftest"), "context": .bytes([1, 2]), "key_length": .number(24),
    ]
    guard let first = members.first else { return }
    let authenticator = try first.callState("StateAuth").bytes("state_auth_secret")
    let exported = try first.callState("Export", question).bytes("exported_secret")
    for member in members {
      guard
        try member.callState("StateAuth").bytes("state_auth_secret") == authenticator,
        try member.callState("Export", question).bytes("exported_secret") == exported
      else { throw ScenarioFailure("\(member.name) disagrees on the epoch") }
    }
    for speaker in speakers ?? members {
      let spoken = try say(speaker)
      for member in members where member !== speaker { try hear(spoken, member) }
    }
  }

  func say(_ speaker: Participant) throws -> Spoken {
    let spoken = Spoken(
      plaintext: .bytes(random.bytes(Int(random.uniform(below: 100)))),
      data: .bytes(random.bytes(Int(random.uniform(below: 10)))), ciphertext: .null)
    let reply = try speaker.callState(
      "Protect", ["plaintext": spoken.plaintext, "authenticated_data": spoken.data])
    return Spoken(
      plaintext: spoken.plaintext, data: spoken.data, ciphertext: try reply.bytes("ciphertext"))
  }

  func hear(_ spoken: Spoken, _ listener: Participant) throws {
    let reply = try listener.callState("Unprotect", ["ciphertext": spoken.ciphertext])
    guard
      try reply.bytes("plaintext") == spoken.plaintext,
      try reply.bytes("authenticated_data") == spoken.data
    else { throw ScenarioFailure("\(listener.name) hears something else") }
  }

  func expect(_ reply: Reply, _ authenticator: JSONValue) throws {
    guard try reply.bytes("epoch_authenticator") == authenticator else {
      throw ScenarioFailure("\(reply.what): another epoch authenticator")
    }
  }

  /// Goes on in another group of the same members.
  mutating func moveOn(to id: JSONValue, suite: UInt64, states: [(Participant, UInt64)]) {
    groupID = id
    self.suite = suite
    members = states.map(\.0)
    epoch = 1
    for (member, state) in states {
      member.state = state
      member.joined = 1
    }
  }

  /// An application message, as it was meant and as it travels.
  struct Spoken {
    let plaintext: JSONValue
    let data: JSONValue
    let ciphertext: JSONValue
  }

  enum PathWish { case forced, whenRequired }
  enum TreePlace { case inside, outside }
}
