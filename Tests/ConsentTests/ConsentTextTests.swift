// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Consent

@Suite struct ConsentTextTests {
  let story = Story()
  let now = Story.start.adding(days: 1)

  @Test(arguments: FormTemplate.Language.allCases)
  func `the template offers what was asked for, and the form says all of it`(
    _ language: FormTemplate.Language
  ) throws {
    let terms = Story.template(Scope.allCases, language: language)
    #expect(terms.scopes.map(\.scope) == Scope.allCases)
    #expect(terms.form.language == language.rawValue)
    #expect(terms.form.hash == Digest.sha256(Array(terms.form.text.utf8)))
    let said =
      terms.scopes.map(\.purpose) + terms.purposes + terms.recipients + terms.risks
      + terms.benefits + terms.alternatives + terms.limitsOfConfidentiality
      + terms.emergency.numbers + [
        terms.practice.name, terms.practice.licence, terms.practice.jurisdiction,
        terms.practice.contact, terms.practice.howToCheck, terms.data.kept, terms.data.place,
        terms.data.retention, terms.responseTime, terms.whenTechnologyFails,
        terms.emergency.plan, terms.howToWithdraw, terms.redisclosure, terms.refusing,
        terms.validFrom.day, terms.validUntil.day, "Prof. Weiß",
      ]
    for words in said { #expect(terms.form.text.contains(words)) }
    #expect(said.allSatisfy { !$0.isEmpty })
    // It can be signed and read.
    #expect(try story.offered(terms).state.newestOffer.terms == terms)
    let size = try story.foundingLine(terms).bytes.count
    #expect(size < UnverifiedLine.maximumBytes / 4)
  }

  @Test func `supervision without a supervisor is not offered`() {
    let template = FormTemplate(
      language: .english, practice: Story.practice, scopes: [.supervision, .text, .text],
      validFrom: now, validUntil: now.adding(days: 1))
    #expect(template.terms.scopes.map(\.scope) == [.text])
  }

  @Test func `the summary says what is in force, what waits and what is off`() throws {
    var ledger = try story.inForce()
    try ledger.append(
      try story.phone.line(
        .amend(Amendment(changes: [.voice: false, .supervision: true])), upon: ledger,
        clock: now))
    let summary = ConsentSummary(ledger, at: now)
    #expect(summary.phase == .inForce)
    #expect(summary.client == "Mara")
    #expect(
      summary.scopes.map(\.standing) == [.inForce, .off(.withdrawn(now)), .waiting])
    #expect(summary.waiting == .withinTerms(ledger.last.hash))
    let text = summary.text.joined(separator: "\n")
    #expect(text.contains("Consent with Dr. Ines Albrecht"))
    #expect(text.contains("supervision - -, Prof. Weiß"))
    #expect(text.contains("waiting for the counter-signature"))
    #expect(text.contains("the client withdrew this on \(now.day)"))
    #expect(text.contains("Valid until \(Story.start.adding(days: 100).day)"))
  }

  @Test func `the summary of an ended relationship says who ended it and when data goes`() throws {
    let ledger = try story.whole()
    let text = ConsentSummary(ledger, at: now).text.joined(separator: "\n")
    #expect(text.contains("Ended by the therapist on"))
    #expect(text.contains("The data is to be erased on"))
  }

  @Test func `a signed withdrawal shows before it has landed`() throws {
    let ledger = try story.inForce()
    let bound = ledger.state.bound(by: [.everything], at: now)
    let summary = ConsentSummary(ledger, state: bound, at: now)
    #expect(summary.phase == .ended)
    #expect(summary.scopes.allSatisfy { $0.standing == .off(.withdrawnEntirely) })
  }

  @Test func `terms are asked scope by scope`() {
    let summary = TermsSummary(Story.terms())
    #expect(summary.questions.map(\.scope) == [.text, .voice, .supervision])
    #expect(summary.questions.last?.question.contains("Prof. Weiß") == true)
    #expect(summary.practice.hasPrefix("Dr. Ines Albrecht (Psychologische Psychotherapeutin"))
    #expect(summary.sections.count == 15)
    #expect(summary.text.count == 5)
  }

  @Test func `the history tells every line in one sentence`() throws {
    let history = ConsentHistory(try story.whole())
    #expect(
      history.entries.map(\.summary) == [
        "offers text messages, voice notes, supervision from 2026-11-18 until 2027-06-06",
        "consents to text messages, voice notes until 2027-02-26; not to supervision",
        "acknowledges line 1",
        "adds supervision; takes back voice notes",
        "acknowledges line 3",
        "renews until 2027-04-17",
        "acknowledges line 5",
        "withdraws supervision",
        "offers text messages, voice notes, supervision from 2026-11-18 until 2027-06-06",
        "ends the relationship",
      ])
    #expect(
      history.entries.map(\.name).prefix(3) == ["Dr. Ines Albrecht", "Mara", "Dr. Ines Albrecht"])
    #expect(history.entries.map(\.phase).last == .ended)
  }
}
