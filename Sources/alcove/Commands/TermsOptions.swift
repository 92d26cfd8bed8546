// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Consent

/// What a therapist says about the practice and offers, as flags.
struct TermsOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Offer this scope; may be repeated.", valueName: "scope"))
  var offer: [ScopeName] = []
  @Option(help: ArgumentHelp("The last day of the consent.", valueName: "date"))
  var until: DateArgument?
  @Option(
    help: ArgumentHelp("A form of your own, as text.", valueName: "file"), completion: .file())
  var form: String?
  @OptionGroup var practice: PracticeOptions
  @Option(help: ArgumentHelp("Who supervises, for the scope supervision.", valueName: "name"))
  var supervisor: String?
  @Option(help: ArgumentHelp("How soon you answer.", valueName: "text")) var answersWithin: String?
  @Option(help: ArgumentHelp("An emergency number; may be repeated.", valueName: "number"))
  var emergency: [String] = []
  @Option(help: ArgumentHelp("Days from the end to erasure.", valueName: "days"))
  var keepDays: Int64?

  static let validity: Int64 = 365 * 86_400

  /// Whether nothing was said, so that the profile's own form stands.
  var isEmpty: Bool {
    offer.isEmpty && until == nil && form == nil && answersWithin == nil && supervisor == nil
      && emergency.isEmpty && keepDays == nil && practice.isEmpty
  }

  /// The profile's terms with what was said here changed, dated anew.
  func changing(_ terms: Terms, now: LocalTime = .now) throws(Failure) -> Terms {
    try build(
      practice.practice(changing: terms.practice), scopes: terms.scopes.map(\.scope),
      before: terms, now: now)
  }

  private func build(
    _ practice: Terms.Practice, scopes: [Scope], before: Terms, now: LocalTime
  ) throws(Failure) -> Terms {
    let words =
      try self.practice.chosenLanguage() ?? FormTemplate.Language(rawValue: before.form.language)
      ?? .english
    let person =
      supervisor.map { Terms.Person(name: $0) } ?? before.offer(of: .supervision)?.person
    let offered = offer.isEmpty ? scopes : offer.map(\.scope)
    guard !offered.contains(.supervision) || person != nil else {
      throw Failure(.usage, "--offer supervision needs --supervisor NAME")
    }
    if let keepDays, !(0...36_525).contains(keepDays) {
      throw Failure(.usage, "--keep-days takes 0 to 36525 days")
    }
    let template = FormTemplate(
      language: words, practice: practice, scopes: offered, supervisor: person,
      answersWithin: answersWithin,
      emergencyNumbers: emergency.isEmpty ? before.emergency.numbers : emergency,
      retentionDays: keepDays ?? before.data.retentionDays,
      // A clock a few minutes fast must not make a consent that begins in its reader's future.
      validFrom: ConsentTime(clamping: now.seconds - 3600),
      validUntil: until?.consentTime ?? ConsentTime(clamping: now.seconds + Self.validity))
    var terms = template.terms
    if answersWithin == nil, before.form.language == words.rawValue {
      terms.responseTime = before.responseTime
    }
    if let form {
      terms.form = Terms.Form(
        text: try Self.text(of: form), language: words.rawValue, version: "own")
    }
    return terms
  }

  private static func text(of path: String) throws(Failure) -> String {
    do throws(SystemFailure) {
      let bytes = try Files.read(path, limit: 262_144)
      guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
        throw SystemFailure(call: "read", number: 84)  // EILSEQ
      }
      return text
    } catch {
      throw Failure(error, path: path)
    }
  }
}
