// SPDX-License-Identifier: Apache-2.0

internal import MLS
internal import Primitives
internal import RelayProtocol
internal import WireFormat

/// What one epoch gives the channel: 32 bytes each, by MLS-Exporter over the channel id.
///
/// All three are derived while the epoch is staged; afterwards the group state holds no exporter secret,
/// so that a stolen store does not give the epochs' exports a second time.
struct EpochSecrets: WireCodable, Sendable {
  static let byteCount = 32

  /// T: the bearer token.
  let access: AccessToken
  /// L: shown once, by the commit that ends the epoch.
  let turn: TurnSecret
  /// K: the key of the outer layer.
  let envelope: SharedSecret

  init(access: AccessToken, turn: TurnSecret, envelope: SharedSecret) {
    self.access = access
    self.turn = turn
    self.envelope = envelope
  }

  /// The hashes by which a turn installs this epoch's lock: SHA-256(T) || SHA-256(L).
  var named: NamedHashes { NamedHashes(token: access, turn: turn) }

  func encode(into writer: inout WireWriter) {
    writer.write(access)
    writer.write(turn)
    var key = envelope.exposedBytes()
    defer { key.wipe() }
    writer.writeFixed(key)
  }

  init(from reader: inout WireReader) throws(WireError) {
    access = try reader.read()
    turn = try reader.read()
    var key = try reader.readFixed(Self.byteCount)
    envelope = SharedSecret(wiping: &key)
  }
}
