// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a person sees, whole; times, links and keys stand for themselves.
enum Transcripts {
  /// The first line that differs, with its number; nil when there is none.
  ///
  /// The text is also written to the folder that ALCOVE_RECORD names, to compare by eye.
  static func difference(_ text: String, _ expected: String, _ name: String) -> String? {
    if let folder = ProcessInfo.processInfo.environment["ALCOVE_RECORD"] {
      try? text.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
    }
    let shown = text.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
    for index in 0..<max(shown.count, wanted.count) {
      let one = index < shown.count ? shown[index] : "(nothing)"
      let other = index < wanted.count ? wanted[index] : "(nothing)"
      if one != other { return "line \(index + 1): \(one), not: \(other)" }
    }
    return nil
  }
}
