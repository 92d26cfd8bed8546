// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
import Primitives

/// A therapist, a client and what they sign.
struct Story {
  static let start = ConsentTime(clamping: 1_795_000_000)
  static let practice = Terms.Practice(
    name: "Dr. Ines Albrecht", profession: "Psychologische Psychotherapeutin",
    licence: "Approbation 12345", jurisdiction: "Berlin", contact: "praxis@albrecht.example",
    howToCheck: "Psychotherapeutenkammer Berlin, Verzeichnis der Mitglieder")
  static let supervisor = TestIdentity(77, .therapist)

  let relationship = RelationshipID(random: SeededRandom(seed: 5))
  let therapist = TestIdentity(1, .therapist)
  let client = TestIdentity(2, .client)
  let desk: TestDevice
  let phone: TestDevice

  init() {
    desk = therapist.device()
    phone = client.device()
  }

  /// Terms without much text, since most tests do not read it.
  static func terms(
    _ scopes: [Scope] = [.text, .voice, .supervision], from: ConsentTime = start,
    until: ConsentTime? = nil
  ) -> Terms {
    Terms(
      practice: practice,
      form: Terms.Form(text: "Dieses Formular ist kurz.", language: "de", version: "1"),
      scopes: scopes.map {
        Terms.OfferedScope(
          scope: $0, purpose: "-",
          person: $0 == .supervision
            ? Terms.Person(name: "Prof. Weiß", identity: supervisor.publicKey) : nil)
      },
      purposes: [],
      data: Terms.DataKept(kept: "-", place: "-", retention: "-", retentionDays: 365),
      recipients: ["Nur die Praxis."], risks: [], benefits: [], alternatives: [],
      limitsOfConfidentiality: [], responseTime: "-", whenTechnologyFails: "-",
      emergency: Terms.Emergency(plan: "-", numbers: ["112"]), howToWithdraw: "-",
      redisclosure: "-", refusing: "-", validFrom: from,
      validUntil: until ?? start.adding(days: 200))
  }

  /// The terms of the module's own form.
  static func template(
    _ scopes: [Scope] = [.text, .voice, .supervision], from: ConsentTime = start,
    until: ConsentTime? = nil, language: FormTemplate.Language = .german
  ) -> Terms {
    FormTemplate(
      language: language, practice: practice, scopes: scopes,
      supervisor: Terms.Person(name: "Prof. Weiß", identity: supervisor.publicKey),
      validFrom: from, validUntil: until ?? start.adding(days: 200)
    ).terms
  }

  static func grant(
    _ terms: Terms = terms(), yes: Set<Scope> = [.text, .voice], until: ConsentTime? = nil
  ) -> Grant {
    var answers: [Scope: Bool] = [:]
    for scope in terms.offered.union(yes) { answers[scope] = yes.contains(scope) }
    return Grant(
      answers: answers, name: "Mara", validUntil: until ?? start.adding(days: 100),
      formHash: terms.form.hash, keyPackage: [UInt8](repeating: 9, count: 48))
  }

  func foundingLine(_ terms: Terms = terms()) throws -> UnverifiedLine {
    try desk.author.found(
      relationship, terms: terms, clock: Story.start, signing: desk.key)
  }

  /// Line 0.
  func offered(_ terms: Terms = terms()) throws -> Ledger {
    try Ledger(founding: try foundingLine(terms))
  }

  /// Lines 0 and 1.
  func granted(_ grant: Grant = grant()) throws -> Ledger {
    var ledger = try offered()
    try ledger.append(
      try phone.line(.grant(grant), upon: ledger, clock: Story.start.adding(seconds: 60)))
    return ledger
  }

  /// Lines 0, 1 and 2: in force.
  func inForce(_ grant: Grant = grant()) throws -> Ledger {
    var ledger = try granted(grant)
    try ledger.append(
      try desk.line(
        .acknowledge(ledger.last.hash), upon: ledger, clock: Story.start.adding(seconds: 120)))
    return ledger
  }

  /// A ledger in which every kind occurs.
  func whole() throws -> Ledger {
    var ledger = try inForce()
    func add(_ device: TestDevice, _ body: LineBody) throws {
      try ledger.append(
        try device.line(body, upon: ledger, clock: ledger.last.time.adding(seconds: 3_600)))
    }
    try add(phone, .amend(Amendment(changes: [.supervision: true, .voice: false])))
    try add(desk, .acknowledge(ledger.last.hash))
    try add(phone, .renew(Renewal(validUntil: Story.start.adding(days: 150))))
    try add(desk, .acknowledge(ledger.last.hash))
    try add(phone, .withdraw(.scopes([.supervision])))
    try add(desk, .terms(Story.terms(from: ledger.last.time)))
    try add(desk, .end)
    return ledger
  }
}

/// A hash that stands for a line where only the state machine is tested.
func lineHash(_ number: UInt8) -> LineHash {
  LineHash([UInt8](repeating: number, count: 32)) ?? LineHash([UInt8](repeating: 0, count: 32))!
}
