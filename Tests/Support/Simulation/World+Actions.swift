// SPDX-License-Identifier: Apache-2.0

import Consent
import Engine
import KeyManagement

/// What somebody does.
private enum Action {
  case send, burst, sync, rotate, rotateDevice, amend, withdraw, withdrawAll, withdrawByFile
  case renew, acknowledge, propose, end, look, watch, pass, outage
}

extension World {
  /// One thing that one person does, as the seed decides.
  func act(_ depth: Int) async {
    let bond = chance.pick(bonds)
    if !bond.isAccepted, bond.outcome == .open, !bond.isMeeting, chance.happens(8_000) {
      await establish(bond, depth)
      return
    }
    let role: ConsentRole = chance.happens(5_000) ? .therapist : .client
    let device = role == .therapist ? therapist : bond.client
    if !bond.isConnected, chance.happens(6_000) {
      await sync(device, depth)
      return
    }
    // Few things happen while another is under way, and the clock does not leap.
    let rare = depth == 0 ? 10 : 0
    let action: Action = chance.pick(weighted: [
      (300, .send), (6, .burst), (240, .sync), (90, .rotate), (10, .rotateDevice), (45, .amend),
      (25, .withdraw), (4, .withdrawAll), (10, .withdrawByFile), (15, .renew),
      (20, .acknowledge), (10, .propose), (2, .end), (40, .look), (15, .watch), (8 * rare, .pass),
      (2 * rare, .outage),
    ])
    switch action {
    case .send: await send(bond, role, randomScope(), depth)
    case .burst:
      for _ in 0..<chance.between(5...30) { await send(bond, role, .text, depth) }
    case .sync: await sync(device, depth)
    case .rotate: await rotate(bond, role, depth)
    case .rotateDevice: await rotateDevice(device, depth)
    case .amend: await amend(bond, depth)
    case .withdraw: await withdraw(bond, .scopes(randomScopes()), depth)
    case .withdrawAll: await withdraw(bond, .everything, depth)
    case .withdrawByFile: await withdrawByFile(bond, .scopes(randomScopes()), depth)
    case .renew: await renew(bond, depth)
    case .acknowledge:
      await run(therapist, depth, "acknowledges \(bond.clientName)") {
        try await $0.acknowledgeConsent(of: bond.clientName)
      }
    case .propose:
      guard let terms = bond.terms else { return }
      await run(therapist, depth, "proposes terms to \(bond.clientName)") {
        try await $0.proposeTerms(to: bond.clientName, terms)
      }
    case .end:
      await run(device, depth, "ends it with \(name(in: bond, for: role))") {
        try await $0.endRelationship(with: name(in: bond, for: role))
      }
    case .look: await lookAround(bond, role, depth)
    case .watch:
      let ended = await run(device, depth, "watches") { [self] alcove in
        try await alcove.watch { event in
          judge(event, device, depth)
          return true
        }
      }
      if case .refused(let code) = ended { judge(code, device, "watch") }
    case .pass: passTime(randomTime())
    case .outage:
      outages[device.index] = chance.between(2...12)
      trace.note(depth, "\(device.name) has no network for a while")
    }
    noteConnections()
  }

  // MARK: Finding each other

  /// The next step from an invitation to an answer.
  func establish(_ bond: Bond, _ depth: Int) async {
    bond.isMeeting = true
    defer { bond.isMeeting = false }
    guard let invitation = bond.invitation else {
      let ended = await run(therapist, depth, "invites \(bond.clientName)") {
        try await $0.invite(bond.clientName)
      }
      if case .done(let invitation) = ended, bond.invitation == nil {
        bond.invitation = invitation
      }
      return
    }
    let answers: [Scope: Bool] = [
      .text: chance.happens(9_500), .voice: chance.happens(5_000), .image: true,
      .questionnaires: chance.happens(7_000),
    ]
    let until: Int64? =
      chance.happens(4_000) ? time.now + Int64(chance.between(2...40)) * 86_400 : nil
    let ended = await run(bond.client, depth, "accepts") { alcove -> Terms in
      let offer = try await alcove.inspectInvitation(invitation.link)
      bond.terms = offer.terms
      _ = try await alcove.accept(
        offer,
        Acceptance(
          answers: answers, signedAs: "M.", validUntil: until.map { ConsentTime(clamping: $0) },
          name: bond.therapistName))
      return offer.terms
    }
    if case .refused(.invitationExpired) = ended { bond.outcome = .void }
    let known = (try? look(bond.client) { try $0.people() }) ?? []
    if known.contains(where: { $0.name == bond.therapistName }) { bond.isAccepted = true }
    noteConnections()
  }

  func noteConnections() {
    for bond in bonds where bond.isAccepted && !bond.isConnected {
      guard let here = try? look(therapist, { try $0.person(bond.clientName) }),
        let there = try? look(bond.client, { try $0.person(bond.therapistName) }),
        here.epoch != nil, there.epoch != nil
      else { continue }
      bond.isConnected = true
    }
  }

  // MARK: Messages

  /// - Returns: the text, if the sender's device knew that it is consented to.
  @discardableResult
  func send(
    _ bond: Bond, _ role: ConsentRole, _ scope: Scope, _ depth: Int
  ) async -> String? {
    let device = role == .therapist ? therapist : bond.client
    let name = name(in: bond, for: role)
    texts += 1
    let text = "\(device.name)-\(bond.index)-\(texts)"
    let view = try? look(device) { try $0.consent(with: name) }
    // What the sender's device knows is what binds it, and nothing can change it before the message is
    // written: a refusal comes before anything leaves.
    let covered = view.flatMap { view in
      bond.isUncertain || role == .therapist && isCarryingUnknown(bond, view)
        ? nil
        : plainConsent(bond, role, view).covers(scope, at: device.clock.now())
    }
    let place = bond.attempts[role, default: []].count
    bond.attempts[role, default: []].append(
      Bond.Attempt(text: text, scope: scope, isRecorded: false))
    let ended = await run(device, depth, "sends \(text) as \(scope.rawValue)") {
      try await $0.send(text, to: name, scope: scope)
    }
    let isRecorded: Bool
    switch ended {
    case .done(let sent):
      isRecorded = true
      if let obstacle = sent.obstacle { judge(obstacle.code, device, "send") }
    case .refused, .died:
      isRecorded =
        (try? look(device) {
          try $0.read(name, ReadSelection(containing: text, marking: .unchanged)).messages
            .contains { $0.text == text }
        }) ?? false
    }
    bond.attempts[role]?[place].isRecorded = isRecorded
    guard let covered, view?.person.trouble == nil else { return nil }
    if isRecorded, !covered { fail("\(device.name) takes \(text) without consent") }
    if !isRecorded, covered, case .refused(let code) = ended {
      fail("\(device.name) refuses \(text), which is consented to: \(code.rawValue)")
    }
    return covered ? text : nil
  }

  /// Whether it cannot be told from here which withdrawals handed over as files still wait: one that
  /// says the same as one before it looks as if it had landed with that.
  private func isCarryingUnknown(_ bond: Bond, _ view: ConsentView) -> Bool {
    if bond.isCarryingUnknown { return true }
    return bond.carried.contains { carried in
      let landed = view.ledger.lines.count { line in
        if case .withdraw(carried) = line.body { true } else { false }
      }
      return landed > 0 && landed < bond.withdrawals.count { $0.withdrawal == carried }
    }
  }

  /// The consent that binds a device: its ledger, and what it has signed or been handed since.
  func plainConsent(_ bond: Bond, _ role: ConsentRole, _ view: ConsentView) -> PlainConsent {
    var plain = PlainConsent(view.ledger.lines)
    var landed = view.ledger.lines.compactMap { line -> Withdrawal? in
      if case .withdraw(let withdrawal) = line.body { withdrawal } else { nil }
    }
    let everLanded = landed
    let signed = role == .client ? bond.withdrawals.map(\.withdrawal) : bond.carried
    // Signed again under a new key, two that say the same may have become one: then none waits any more.
    let waiting = role == .client ? (try? bond.client.waitingWithdrawals()) ?? signed : signed
    for withdrawal in signed {
      if let index = landed.firstIndex(of: withdrawal) {
        landed.remove(at: index)
      } else if waiting.contains(withdrawal) || !everLanded.contains(withdrawal) {
        plain.take(withdrawal)
      }
    }
    return plain
  }

  func sync(_ device: Device, _ depth: Int) async {
    let ended = await run(device, depth, "syncs") { try await $0.sync() }
    if case .done(let report) = ended { judge(report, device, depth) }
    noteConnections()
  }

  private func lookAround(_ bond: Bond, _ role: ConsentRole, _ depth: Int) async {
    let device = role == .therapist ? therapist : bond.client
    let name = name(in: bond, for: role)
    await run(device, depth, "looks around") { alcove in
      _ = try alcove.status()
      _ = try alcove.inbox()
      _ = try alcove.read(name)
      _ = try alcove.keyReport()
    }
  }

  // MARK: Keys

  func rotate(_ bond: Bond, _ role: ConsentRole, _ depth: Int) async {
    let device = role == .therapist ? therapist : bond.client
    let ended = await run(device, depth, "rotates keys") {
      try await $0.rotateKeys(with: name(in: bond, for: role))
    }
    if case .done(let result) = ended, let obstacle = result.obstacle {
      judge(obstacle.code, device, "rotate")
    }
  }

  private func rotateDevice(_ device: Device, _ depth: Int) async {
    await run(device, depth, "rotates its device key") {
      try await $0.rotateDevice(try RecoveryWords(device.words))
    }
  }

  // MARK: Consent

  func amend(_ bond: Bond, _ depth: Int) async {
    var changes: [Scope: Bool] = [:]
    for scope in randomScopes() { changes[scope] = chance.happens(6_500) }
    for scope in changes.keys.sorted() where changes[scope] == true {
      bond.askedAgain.append((scope, step))
    }
    let words = changes.sorted { $0.key < $1.key }.map { "\($0.key.rawValue)=\($0.value)" }
    await run(bond.client, depth, "amends \(words.joined(separator: " "))") {
      try await $0.amendConsent(with: bond.therapistName, changes: changes)
    }
  }

  private func renew(_ bond: Bond, _ depth: Int) async {
    let days = chance.happens(2_000) ? chance.between(370...400) : chance.between(5...90)
    let until = ConsentTime(clamping: time.now + Int64(days) * 86_400)
    await run(bond.client, depth, "renews for \(days) days") {
      try await $0.renewConsent(with: bond.therapistName, until: until)
    }
  }

  private func withdraw(_ bond: Bond, _ withdrawal: Withdrawal, _ depth: Int) async {
    await signing(withdrawal, bond) {
      await run(bond.client, depth, "withdraws \(describe(withdrawal))") {
        try await $0.withdrawConsent(with: bond.therapistName, withdrawal)
      }
    }
  }

  private func withdrawByFile(_ bond: Bond, _ withdrawal: Withdrawal, _ depth: Int) async {
    var file: [UInt8]?
    await signing(withdrawal, bond) {
      let ended = await run(bond.client, depth, "withdraws \(describe(withdrawal)) by file") {
        try $0.withdrawConsentToFile(with: bond.therapistName, withdrawal)
      }
      if case .done(let written) = ended { file = written }
    }
    guard let file, !bond.isUncertain else { return }
    bond.isUncertain = true
    let ended = await run(therapist, depth, "imports a withdrawal") {
      try await $0.importWithdrawal(file)
    }
    bond.isUncertain = false
    switch ended {
    case .done: if let said = said(by: file) { bond.carried.append(said) }
    case .refused(.notAWithdrawal): break
    case .refused, .died: bond.isCarryingUnknown = true
    }
  }

  /// What a file withdraws: where the answer was withdrawn before, it is handed over again, and may say more
  /// than was asked for now.
  private func said(by file: [UInt8]) -> Withdrawal? {
    guard case .withdraw(let said)? = try? WithdrawalFile.read(file).body else { return nil }
    return said
  }

  /// Notes a withdrawal if the client's store holds one more afterwards.
  private func signing(
    _ withdrawal: Withdrawal, _ bond: Bond, _ body: () async -> Void
  ) async {
    guard !bond.isUncertain, let before = signed(withdrawal, bond) else { return }
    // The same withdrawal signed twice in one moment is one line.
    let now = time.now
    if bond.withdrawals.contains(where: { $0.withdrawal == withdrawal && now - $0.time < 600 }) {
      return
    }
    let start = step
    bond.isUncertain = true
    await body()
    bond.isUncertain = false
    guard let after = signed(withdrawal, bond) else { return fail("a ledger cannot be read") }
    if after > before {
      bond.withdrawals.append(Bond.Signed(withdrawal: withdrawal, step: start, time: now))
    }
  }

  /// How often the client's store holds a withdrawal that says this, landed or waiting.
  private func signed(_ withdrawal: Withdrawal, _ bond: Bond) -> Int? {
    guard
      let view = try? look(bond.client, { try $0.consent(with: bond.therapistName) }),
      let waiting = try? bond.client.waitingWithdrawals()
    else { return nil }
    let landed = view.ledger.lines.compactMap { line -> Withdrawal? in
      if case .withdraw(let landed) = line.body { landed } else { nil }
    }
    return (waiting + landed).count { $0 == withdrawal }
  }

  // MARK: Time and chance

  func passTime(_ seconds: Int64) {
    time.advance(seconds)
    trace.note(0, "\(seconds) seconds pass")
  }

  /// A client's clock is far ahead for two syncs, and right again. The first turns the lock, which is due
  /// then; the second acknowledges what came in between. Nothing is signed meanwhile: what a line
  /// dated ahead comes to is another matter.
  func leap(_ bond: Bond) async {
    guard bond.isConnected, (try? bond.client.waitingWithdrawals())?.isEmpty == true else { return }
    let days = leaps.between(20...800)
    trace.note(0, "the clock of \(bond.client.name) is \(days) days ahead")
    let wasCalm = isCalm
    isCalm = true
    for turn in 1...2 {
      if turn == 2 { await send(bond, .therapist, .text, 0) }
      bond.client.clock.leap(by: Int64(days) * 86_400)
      await sync(bond.client, 0)
      bond.client.clock.leap(by: 0)
    }
    isCalm = wasCalm
    trace.note(0, "the clock of \(bond.client.name) is right again")
  }

  private func randomTime() -> Int64 {
    let mayLeap = plan.leapsEarly || bonds.allSatisfy(\.isConnected)
    return switch chance.below(10) {
    case 0 where mayLeap: Int64(chance.between(86_400...(plan.leapsEarly ? 20 : 10) * 86_400))
    case 1, 2: Int64(chance.between(3_600...(mayLeap ? 100_000 : 7_200)))
    default: Int64(chance.between(1...3_600))
    }
  }

  private func randomScope() -> Scope {
    chance.pick([.text, .text, .text, .voice, .questionnaires, .image])
  }

  private func randomScopes() -> Set<Scope> {
    var scopes: Set<Scope> = [randomScope()]
    if chance.happens(3_000) { scopes.insert(randomScope()) }
    return scopes
  }

  func name(in bond: Bond, for role: ConsentRole) -> LocalName {
    role == .therapist ? bond.clientName : bond.therapistName
  }

  private func describe(_ withdrawal: Withdrawal) -> String {
    switch withdrawal {
    case .everything: "everything"
    case .scopes(let scopes): scopes.sorted().map(\.rawValue).joined(separator: ", ")
    }
  }
}
