// SPDX-License-Identifier: Apache-2.0

/// Bounds of the HTTP layer: what nobody pays for must cost little.
package struct RelayLimits: Sendable {
  /// All header fields of one request, in bytes.
  package var headerBytes = 16 * 1_024
  /// Bodies that have been let in and not yet answered, in bytes.
  package var bodiesInFlight = 64 << 20
  /// Answers that their readers have not taken yet, in bytes.
  package var answersInFlight = 64 << 20
  /// A reader takes each piece of its answer within this time, in seconds.
  package var writeSeconds = 30
  /// A body has this long, and one second more for each 16 KiB.
  package var bodySeconds = 30
  /// A connection on which nothing moves for so long is closed. Longer than a heartbeat.
  package var idleSeconds: Int64 = 60
  /// The longest wait of a read, in seconds.
  package var longestWait = 60
  /// A follower hears something at least this often, in seconds.
  package var heartbeatSeconds = 20
  /// What one read answers at most, in bytes of envelopes.
  package var readBytes = 8 << 20
  /// The largest envelope that is pushed to a follower; larger ones are announced by `head`.
  package var pushBytes = 64 << 10

  package init() {}
}
