// SPDX-License-Identifier: Apache-2.0

// Runs files of MLS test vectors, each recognised by what it holds.

import Foundation
import MLSVectors

let paths = CommandLine.arguments.dropFirst()
guard !paths.isEmpty else {
  print("usage: mls-vectors FILE...")
  exit(2)
}

var passed = 0
var failed = 0
var skipped = 0
for path in paths {
  do {
    let report = try VectorFile(path: path).run()
    passed += report.passed
    failed += report.failed
    skipped += report.skipped
    for line in report.failures { print("  \(line)") }
    var line = "\(path): \(report.kind): \(report.passed) passed, \(report.failed) failed"
    line += ", \(report.skipped) skipped"
    if !report.unsupportedSuites.isEmpty {
      line += " (unsupported: \(report.unsupportedSuites.sorted().joined(separator: ", ")))"
    }
    print(line)
  } catch {
    failed += 1
    print("\(error)")
  }
}
print("\(passed) passed, \(failed) failed, \(skipped) skipped")
exit(failed == 0 ? 0 : 1)
