// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A transcript without what differs from run to run: links, times, keys, ports, paths.
func normal(_ text: String, in world: World? = nil) -> String {
  var text = text
  if let world { text = text.replacing(world.folder.path, with: "HOME") }
  let rules: [(String, String)] = [
    (#"alcove:#[^\s'"]+"#, "LINK"),
    (#"http://127\.0\.0\.1:\d+"#, "RELAY"),
    (#"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"#, "TIME"),
    (#"\d{4}-\d\d-\d\d( \d\d:\d\d)?"#, "DATE"),
    (#"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2}"#, "DAY"),
    (#"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b"#, "DAY"),
    (#"\b\d\d:\d\d\b"#, "CLOCK"),
    (#"\b[0-9a-f]{12,}\b"#, "HEX"),
    (#"\d{5}  \d{5}  \d{5}  \d{5}"#, "DIGITS"),
    (#"\d{5}( \d{5}){11}"#, "DIGITS"),
  ]
  for (pattern, substitute) in rules {
    text = text.replacingOccurrences(of: pattern, with: substitute, options: .regularExpression)
  }
  return text.split(separator: "\n", omittingEmptySubsequences: false)
    .map { $0.replacingOccurrences(of: #"\s+$"#, with: "", options: .regularExpression) }
    .joined(separator: "\n")
}
