// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol

/// One entry of a channel's log, as a relay shows it.
struct LogEntry: Sendable {
  let position: Position
  let id: EnvelopeID
  let named: NamedHashes
  let envelope: [UInt8]

  /// entry(n), computed here from what was received.
  var hash: EntryHash { EntryHash(id: id, named: named, envelope: envelope) }
}
