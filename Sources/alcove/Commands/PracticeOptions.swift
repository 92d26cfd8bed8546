// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent

/// Who a therapist is, as it stands in the terms.
struct PracticeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Language of the form: en or de.", valueName: "language"))
  var language: String?
  @Option(help: ArgumentHelp("Your profession.", valueName: "text")) var profession: String?
  @Option(help: ArgumentHelp("Your licence.", valueName: "text")) var licence: String?
  @Option(help: ArgumentHelp("Where it holds.", valueName: "text")) var jurisdiction: String?
  @Option(help: ArgumentHelp("How to reach you.", valueName: "text")) var contact: String?
  @Option(help: ArgumentHelp("How clients check your licence.", valueName: "text"))
  var check: String?

  var isEmpty: Bool {
    language == nil && profession == nil && licence == nil && jurisdiction == nil
      && contact == nil && check == nil
  }

  func practice(changing practice: Terms.Practice) -> Terms.Practice {
    var practice = practice
    practice.profession = profession ?? practice.profession
    practice.licence = licence ?? practice.licence
    practice.jurisdiction = jurisdiction ?? practice.jurisdiction
    practice.contact = contact ?? practice.contact
    practice.howToCheck = check ?? practice.howToCheck
    return practice
  }

  /// The practice of a new profile, in place of what is not said.
  func practice(of name: String) -> Terms.Practice {
    practice(
      changing: Terms.Practice(
        name: name, profession: "psychotherapist", licence: "licence not stated",
        jurisdiction: "jurisdiction not stated", contact: "As told in the session.",
        howToCheck: "Ask the licensing body of the jurisdiction."))
  }

  func chosenLanguage() throws(Failure) -> FormTemplate.Language? {
    guard let language else { return nil }
    guard let known = FormTemplate.Language(rawValue: language) else {
      throw Failure(.usage, "--language takes en or de")
    }
    return known
  }
}
