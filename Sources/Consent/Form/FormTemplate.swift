// SPDX-License-Identifier: Apache-2.0

/// The consent form that `alcove invite` offers unless the practice brings its own.
///
/// The structured fields of the terms and the text of the form come from the same words, so that what
/// a program shows and what a person signs cannot differ.
public struct FormTemplate: Sendable {
  public enum Language: String, CaseIterable, Hashable, Sendable {
    case german = "de"
    case english = "en"
  }

  /// The version of the wording below; a change of the wording is a new version.
  public static let version = "1"

  public var language: Language
  public var practice: Terms.Practice
  /// What is offered; text messages unless said otherwise.
  public var scopes: [Scope]
  /// Who supervises, if `supervision` is offered.
  public var supervisor: Terms.Person?
  /// How soon the practice answers, such as `within two working days`.
  public var answersWithin: String?
  /// The whole sentence about answers, where the practice has its own; it replaces ``answersWithin``.
  public var responseTime: String?
  /// Emergency numbers where the client lives; the country's own by default.
  public var emergencyNumbers: [String]?
  /// From the end of the relationship to erasure.
  public var retentionDays: Int64
  public var validFrom: ConsentTime
  public var validUntil: ConsentTime

  public init(
    language: Language, practice: Terms.Practice, scopes: [Scope] = [.text],
    supervisor: Terms.Person? = nil, answersWithin: String? = nil,
    responseTime: String? = nil,
    emergencyNumbers: [String]? = nil, retentionDays: Int64 = 365, validFrom: ConsentTime,
    validUntil: ConsentTime
  ) {
    self.language = language
    self.practice = practice
    self.scopes = scopes
    self.supervisor = supervisor
    self.answersWithin = answersWithin
    self.responseTime = responseTime
    self.emergencyNumbers = emergencyNumbers
    self.retentionDays = retentionDays
    self.validFrom = validFrom
    self.validUntil = validUntil
  }

  /// The terms, with the form as text.
  ///
  /// Scopes are offered once each, in the order of ``Scope``; `supervision` only with a supervisor.
  public var terms: Terms {
    let words = language.words
    let offered = Set(scopes).sorted().compactMap { scope -> Terms.OfferedScope? in
      if scope == .supervision {
        guard let supervisor else { return nil }
        return Terms.OfferedScope(
          scope: scope, purpose: words.purpose(of: scope), person: supervisor)
      }
      return Terms.OfferedScope(scope: scope, purpose: words.purpose(of: scope))
    }
    var terms = Terms(
      practice: practice,
      form: Terms.Form(text: "-", language: language.rawValue, version: Self.version),
      scopes: offered, purposes: words.purposes,
      data: Terms.DataKept(
        kept: words.kept, place: words.place, retention: words.retention(days: retentionDays),
        retentionDays: retentionDays),
      recipients: words.recipients(practice: practice.name, supervisor: supervisor?.name),
      risks: words.risks, benefits: words.benefits, alternatives: words.alternatives,
      limitsOfConfidentiality: words.limits,
      responseTime: responseTime
        ?? words.responseTime(answersWithin ?? words.defaultAnswersWithin),
      whenTechnologyFails: words.failure,
      emergency: Terms.Emergency(
        plan: words.emergencyPlan, numbers: emergencyNumbers ?? words.emergencyNumbers),
      howToWithdraw: words.withdrawal, redisclosure: words.redisclosure, refusing: words.refusing,
      validFrom: validFrom, validUntil: validUntil)
    terms.form = Terms.Form(
      text: text(of: terms, words.headings), language: language.rawValue, version: Self.version)
    return terms
  }

  private func text(of terms: Terms, _ headings: FormWords.Headings) -> String {
    func list(_ items: [String]) -> String { items.map { "- \($0)" }.joined(separator: "\n") }
    let practice = terms.practice
    let scopes = terms.scopes.map { offer in
      "\(headings.scopeName(offer.scope)): \(offer.purpose)"
        + (offer.person.map { " (\($0.name))" } ?? "")
    }
    let sections = [
      headings.introduction(practice.name),
      """
      \(headings.practice)
      \(practice.name), \(practice.profession)
      \(headings.licence): \(practice.licence), \(practice.jurisdiction)
      \(headings.contact): \(practice.contact)
      \(practice.howToCheck)
      """,
      "\(headings.scopes)\n\(list(scopes))",
      "\(headings.purposes)\n\(list(terms.purposes))",
      "\(headings.data)\n\(list([terms.data.kept, terms.data.place, terms.data.retention]))",
      "\(headings.recipients)\n\(list(terms.recipients))",
      "\(headings.risks)\n\(list(terms.risks))",
      "\(headings.benefits)\n\(list(terms.benefits))",
      "\(headings.alternatives)\n\(list(terms.alternatives))",
      "\(headings.limits)\n\(list(terms.limitsOfConfidentiality))",
      "\(headings.answers)\n\(terms.responseTime)",
      "\(headings.failure)\n\(terms.whenTechnologyFails)",
      "\(headings.emergency)\n\(terms.emergency.plan)\n\(list(terms.emergency.numbers))",
      "\(headings.withdrawal)\n\(terms.howToWithdraw)\n\(terms.redisclosure)",
      "\(headings.refusing)\n\(terms.refusing)",
      headings.dates(terms.validFrom.day, terms.validUntil.day),
    ]
    return sections.joined(separator: "\n\n") + "\n"
  }
}

extension FormTemplate.Language {
  var words: FormWords {
    switch self {
    case .german: .german
    case .english: .english
    }
  }
}
