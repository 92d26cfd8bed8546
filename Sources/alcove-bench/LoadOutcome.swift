// SPDX-License-Identifier: Apache-2.0

/// What came of a load.
struct LoadOutcome {
  var histogram = Latencies()
  var refused = 0
  /// The status of the last refusal.
  var refusal: Int?
  var bytes = 0
}
