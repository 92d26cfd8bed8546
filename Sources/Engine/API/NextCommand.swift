// SPDX-License-Identifier: Apache-2.0

/// A command worth running next; the name stands apart, so that whoever shows it can quote or hide it.
public struct NextCommand: Equatable, Sendable {
  /// Such as `alcove read`.
  public let words: String
  /// The person it is for, as its last word.
  public let name: LocalName?

  init(_ words: String, _ name: LocalName? = nil) {
    self.words = words
    self.name = name
  }
}
