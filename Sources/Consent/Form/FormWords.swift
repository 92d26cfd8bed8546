// SPDX-License-Identifier: Apache-2.0

/// The words of a form in one language.
struct FormWords: Sendable {
  struct Headings: Sendable {
    var introduction: @Sendable (_ practice: String) -> String
    var practice, licence, contact: String
    var scopes, purposes, data, recipients: String
    var risks, benefits, alternatives, limits: String
    var answers, failure, emergency, withdrawal, refusing: String
    var scopeName: @Sendable (Scope) -> String
    var dates: @Sendable (_ from: String, _ until: String) -> String
  }

  var headings: Headings
  var purposeOf: @Sendable (Scope) -> String
  var purposes: [String]
  var kept, place: String
  var retention: @Sendable (_ days: Int64) -> String
  var recipients: @Sendable (_ practice: String, _ supervisor: String?) -> [String]
  var risks, benefits, alternatives, limits: [String]
  var responseTime: @Sendable (_ within: String) -> String
  var defaultAnswersWithin: String
  var failure, emergencyPlan: String
  var emergencyNumbers: [String]
  var withdrawal, redisclosure, refusing: String

  func purpose(of scope: Scope) -> String { purposeOf(scope) }
  func retention(days: Int64) -> String { retention(days) }
  func recipients(practice: String, supervisor: String?) -> [String] {
    recipients(practice, supervisor)
  }
}
