// SPDX-License-Identifier: Apache-2.0

import MLSVectors
import TestSupport
import Testing

/// Every file of vectors, one suite at a time.
@Suite(.enabled(if: Shared.isAvailable))
struct VectorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    /// Nil for a kind that has no suites.
    var suite: UInt16?

    var testDescription: String {
      suite.map { "\(path) suite \($0)" } ?? path
    }
  }

  static let cases: [Case] = ["vectors/mls", "vectors/mls-hybrid"]
    .flatMap { Shared.files(in: $0, withExtension: "json") }
    .flatMap { path -> [Case] in
      guard let file = try? VectorFile(path: Shared.path(path)), let suites = try? file.suites(),
        !suites.isEmpty
      else { return [Case(path: path)] }
      return suites.map { Case(path: path, suite: $0) }
    }

  @Test(arguments: cases)
  func `vectors of others hold`(_ vectors: Case) throws {
    let report = try VectorFile(path: Shared.path(vectors.path)).run(onlySuite: vectors.suite)
    #expect(report.failures.isEmpty)
    #expect(report.passed + report.skipped > 0)
    if let suite = vectors.suite, ![4, 6].contains(suite) { #expect(report.skipped == 0) }
  }

  @Test func `a file that holds no vectors is named, not run`() throws {
    #expect(throws: VectorFile.Unreadable.self) {
      try VectorFile(path: Shared.path("vectors/README.md"))
    }
    #expect(throws: VectorFile.Unreadable.self) {
      try VectorFile(path: Shared.path("vectors/wycheproof/ed25519_test.json"))
    }
  }
}
