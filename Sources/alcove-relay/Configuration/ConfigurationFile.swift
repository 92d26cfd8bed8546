// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads lines `key: value`, a small part of YAML: every file that is taken means the same in YAML, and
/// what is not understood is an error.
enum ConfigurationFile {
  static func read(_ path: String) throws(Failure) -> [Setting: String] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw mistake("\(path) cannot be read")
    }
    guard data.count <= 65_536, let text = String(validating: data, as: UTF8.self) else {
      throw mistake("\(path) is not a short UTF-8 text")
    }
    return try parse(text, path: path)
  }

  static func parse(_ text: String, path: String) throws(Failure) -> [Setting: String] {
    var values: [Setting: String] = [:]
    // The ends of lines that YAML knows; to Swift CR LF is one character, and neither of the two.
    let lines = text.split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r\n" || $0 == "\r"
    }
    for (index, line) in lines.enumerated() {
      let place = "\(path), line \(index + 1)"
      let line = trimmed(line)
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let colon = line.firstIndex(of: ":") else {
        throw mistake("\(place): expected `key: value`")
      }
      let rest = line[line.index(after: colon)...]
      guard rest.isEmpty || rest.first == " " else {
        throw mistake("\(place): expected a space behind the colon")
      }
      let key = String(line[..<colon])
      guard let setting = Setting(rawValue: key) else {
        throw mistake("\(place): there is no key \"\(printable(key))\"")
      }
      guard values[setting] == nil else { throw mistake("\(place): \"\(key)\" is set twice") }
      guard let value = scalar(trimmed(rest)), setting.accepts(value) else {
        throw mistake("\(place): that is no value for \"\(key)\"")
      }
      values[setting] = value
    }
    return values
  }

  /// A value as it is read back; nil where neither kind of quotes can hold it.
  static func quoted(_ value: String) -> String? {
    guard !value.contains(where: \.isNewline) else { return nil }
    if !value.contains("\""), !value.contains("\\") { return "\"\(value)\"" }
    return value.contains("'") ? nil : "'\(value)'"
  }

  /// A plain scalar, or one in quotes without escapes; nil where YAML would see something else.
  private static func scalar(_ text: Substring) -> String? {
    if let quote = text.first, quote == "\"" || quote == "'" {
      guard let end = text.dropFirst().firstIndex(of: quote) else { return nil }
      let tail = text[text.index(after: end)...]
      let inside = text[text.index(after: text.startIndex)..<end]
      guard tail.isEmpty || trimmed(tail).hasPrefix("#"), !(quote == "\"" && inside.contains("\\"))
      else { return nil }
      return String(inside)
    }
    let value = text.firstRange(of: " #").map { trimmed(text[..<$0.lowerBound]) } ?? text
    guard value.first.map({ !"[]{}&*!|>%@`#,?-:".contains($0) }) ?? true, !value.contains(": "),
      value.last != ":"
    else { return nil }
    return String(value)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }

  private static func printable(_ text: String) -> String {
    String(text.prefix(40).map { $0.isASCII && !$0.isWhitespace && $0 > " " ? $0 : "?" })
  }

  private static func mistake(_ what: String) -> Failure {
    Failure(
      code: "configuration", exit: 64, message: "\(what). Nothing was done.",
      next: ["alcove-relay serve --help"])
  }
}
