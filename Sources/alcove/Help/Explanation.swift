// SPDX-License-Identifier: Apache-2.0

/// The plain words of one error code: what an error line says, and what `explain` adds.
struct Explanation: Sendable {
  /// What happened, one sentence without a full stop.
  var what: String
  /// Whether anything was lost or sent.
  var safe: String
  /// The exact commands to run next.
  var next: [String]
  /// What `alcove explain CODE` says beyond that.
  var why: String

  init(_ what: String, safe: String, next: [String], why: String) {
    self.what = what
    self.safe = safe
    self.next = next
    self.why = why
  }
}
