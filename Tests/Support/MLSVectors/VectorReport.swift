// SPDX-License-Identifier: Apache-2.0

/// What running one file of vectors came to.
public struct VectorReport: Sendable {
  /// The kind of the file.
  public let kind: String
  public private(set) var passed = 0
  public private(set) var failed = 0
  public private(set) var skipped = 0
  /// One line per failure: the vector's place in the file, its suite, what did not hold.
  public private(set) var failures: [String] = []
  /// The suites for which vectors were skipped, named.
  public private(set) var unsupportedSuites: Set<String> = []

  init(kind: String) {
    self.kind = kind
  }

  mutating func pass() { passed += 1 }

  mutating func fail(_ line: String) {
    failed += 1
    failures.append(line)
  }

  mutating func skip(suite: String) {
    skipped += 1
    unsupportedSuites.insert(suite)
  }
}
