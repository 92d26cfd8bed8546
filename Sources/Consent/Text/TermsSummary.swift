// SPDX-License-Identifier: Apache-2.0

/// Terms as the short form that `accept` shows before it asks; the whole form is ``Terms/form``.
public struct TermsSummary: Equatable, Sendable {
  public let terms: Terms

  public init(_ terms: Terms) {
    self.terms = terms
  }

  /// `Dr. Ines Albrecht (psychotherapist, licence 12345, Berlin)`.
  public var practice: String {
    let practice = terms.practice
    return "\(practice.name) (\(practice.profession), \(practice.licence), "
      + "\(practice.jurisdiction))"
  }

  /// One question for each scope, in the order in which it is offered.
  public var questions: [(scope: Scope, question: String)] {
    terms.scopes.map { offer in
      var question = "\(offer.scope.words): \(offer.purpose)"
      if let person = offer.person { question += " (\(person.name))" }
      return (offer.scope, question)
    }
  }

  /// What a person must have read before signing, as plain lines.
  public var text: [String] {
    [
      "Valid until \(terms.validUntil.day). \(terms.howToWithdraw)",
      "Kept: \(terms.data.retention)",
      "Who can read: \(terms.recipients.joined(separator: " "))",
      "Answers: \(terms.responseTime)",
      "Not for emergencies: \(terms.emergency.numbers.joined(separator: ", "))",
    ]
  }

  /// Everything the terms say beside the form, under headings, for `[r]ead all`.
  public var sections: [(heading: String, lines: [String])] {
    [
      ("Practice", [practice, terms.practice.contact, terms.practice.howToCheck]),
      ("What it is for", terms.purposes),
      (
        "What is kept",
        [terms.data.kept, terms.data.place, terms.data.retention]
      ),
      ("Who can read", terms.recipients),
      ("Risks", terms.risks),
      ("Benefits", terms.benefits),
      ("Alternatives", terms.alternatives),
      ("Limits of confidentiality", terms.limitsOfConfidentiality),
      ("Answers", [terms.responseTime]),
      ("When technology fails", [terms.whenTechnologyFails]),
      ("Emergencies", [terms.emergency.plan] + terms.emergency.numbers),
      ("Withdrawing", [terms.howToWithdraw]),
      ("Disclosure by others", [terms.redisclosure]),
      ("Refusing", [terms.refusing]),
      ("Dates", ["From \(terms.validFrom.day) until \(terms.validUntil.day)."]),
    ]
  }

  public static func == (one: TermsSummary, other: TermsSummary) -> Bool {
    one.terms == other.terms
  }
}
