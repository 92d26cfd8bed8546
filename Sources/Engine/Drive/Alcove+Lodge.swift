// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Gets the relay's word for own turns that carried a consent line, by asking for the very same turn once
  /// more: so that a lost answer costs no receipt.
  ///
  /// Nothing but evidence depends on it: whatever the relay answers, the line has landed.
  func lodge(
    _ owner: RecordOwner, _ connection: any RelayConnection, _ run: inout Run
  ) async throws {
    for wanted in try look(owner, { try $0.wantedReceipts() }) {
      let identity = try look(owner) { try $0.relayIdentity() }
      do {
        if identity == nil {
          let description = try await connection.describe()
          guard let shown = Base64URL.decode(description.identity),
            shown.count == Ed25519.publicKeyLength
          else { return }
          try step(owner, &run) { try $0.meetRelay(shown) }
        }
        try reach(.beforeAppend)
        let appended = try await connection.append(wanted.append)
        try reach(.afterAppend)
        try step(owner, &run) { try $0.keepReceipt(appended, line: wanted.line) }
      } catch is RelayError {
        // Later, while the bytes of the turn are kept.
        return
      }
    }
  }
}
