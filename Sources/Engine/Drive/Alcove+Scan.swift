// SPDX-License-Identifier: Apache-2.0

internal import Certificates
internal import Consent
internal import EnvelopeStore
internal import MLS
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Every secret and id of a relationship that a relay must never hold, for a scan of what it has.
  ///
  /// For tests alone: it gives out what nothing else does.
  package func secretsExposedForScanning(
    _ name: LocalName
  ) throws(EngineError) -> [(label: String, bytes: [UInt8])] {
    try typed(about: name) {
      try look(try owner(of: name)) { room in
        let secrets = room.channel.secrets
        var found: [(label: String, bytes: [UInt8])] = [
          ("relationship id", room.record.relationship),
          ("therapist's identity key", room.record.therapist),
          ("client's identity key", room.record.client),
          ("epoch \(room.channel.epoch) T", secrets.access.secret.exposedBytes()),
          ("epoch \(room.channel.epoch) L", secrets.turn.secret.exposedBytes()),
          ("epoch \(room.channel.epoch) K", secrets.envelope.exposedBytes()),
        ]
        let tail = try room.tx.scan(TailEntry.self, .tail, room.owner)
        for (key, entry) in tail {
          let position = key.bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
          found.append(("position \(position) T", entry.access.secret.exposedBytes()))
          found.append(("position \(position) L", entry.turn.secret.exposedBytes()))
        }
        let group = try room.group().group
        found.append(("group id", group.id.bytes))
        for member in group.members {
          found.append(("leaf key", member.leaf.signatureKey.bytes))
          if let leaf = LeafIdentity(member.leaf, relationship: room.record.relationship) {
            found.append(("device key", leaf.device.device.bytes))
          }
        }
        return found
      }
    }
  }
}
