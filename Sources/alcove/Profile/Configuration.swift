// SPDX-License-Identifier: Apache-2.0

/// The configuration file: lines `key = value`, `#` begins a comment line.
///
/// Flag over environment over file over default. An unknown key is an error, since a misspelt one
/// would silently do nothing.
struct Configuration: Equatable, Sendable {
  enum Key: String, CaseIterable {
    case profile, relay, color, plain, discreet
    case passphraseFile = "passphrase-file"
    case passphraseCommand = "passphrase-command"
    case unlockFor = "unlock-for"
  }

  private var values: [Key: String] = [:]

  subscript(_ key: Key) -> String? { values[key] }

  func isOn(_ key: Key) -> Bool { values[key] == "yes" }

  init() {}

  /// The file's content, or nothing when there is no file.
  init(path: String) throws(Failure) {
    self.init()
    let bytes: [UInt8]
    do throws(SystemFailure) {
      guard try Files.facts(path) != nil else { return }
      bytes = try Files.read(path, limit: 65_536)
    } catch {
      throw Failure(error, path: path)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.configurationInvalid, "\(path) is not UTF-8 text")
    }
    try read(text, path: Printable.line(path))
  }

  init(text: String, path: String) throws(Failure) {
    try read(text, path: path)
  }

  private mutating func read(_ text: String, path: String) throws(Failure) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let content = trim(line)
      if content.isEmpty || content.hasPrefix("#") { continue }
      func mistake(_ what: String) -> Failure {
        Failure(.configurationInvalid, "\(path), line \(number + 1): \(what)")
      }
      guard let equals = content.firstIndex(of: "=") else {
        throw mistake("expected `key = value`")
      }
      let name = trim(content[..<equals])
      var value = trim(content[content.index(after: equals)...])
      if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
        value = String(value.dropFirst().dropLast())
      }
      guard let key = Key(rawValue: name) else {
        let names = Key.allCases.map(\.rawValue)
        let hint = Suggestion.closest(to: name, among: names).map { "; did you mean \"\($0)\"?" }
        throw mistake("unknown key \"\(Printable.line(name))\"" + (hint ?? ""))
      }
      guard values[key] == nil else { throw mistake("\"\(name)\" is set twice") }
      guard Configuration.accepts(value, for: key) else {
        throw mistake("\"\(Printable.line(value))\" is no value for \"\(name)\"")
      }
      values[key] = value
    }
  }

  private static func accepts(_ value: String, for key: Key) -> Bool {
    switch key {
    case .plain, .discreet: value == "yes" || value == "no"
    case .color: ColorChoice(rawValue: value) != nil
    case .profile: Directories.isProfileName(value)
    case .unlockFor: HumanDuration(argument: value) != nil
    case .relay, .passphraseFile, .passphraseCommand: !value.isEmpty
    }
  }
}
