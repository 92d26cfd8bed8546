// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import RelayProtocol

/// What the 16-byte secret of an invitation gives its intake channel, by HKDF-SHA256.
///
/// L is not among it: only the therapist can close an intake.
struct IntakeSecrets: Sendable {
  let channel: ChannelID
  let access: AccessToken
  let envelope: SharedSecret

  init(_ secret: SharedSecret) throws {
    let key = HashAlgorithm.sha256.extract(
      salt: SharedSecret([UInt8](repeating: 0, count: 32)), ikm: secret)
    func expand(_ label: String) throws -> SharedSecret {
      try HashAlgorithm.sha256.expand(key, info: Array("Alcove 1.0 \(label)".utf8), count: 32)
    }
    // The relay is told it: an id, and no secret.
    channel = try ChannelID(bytes: try expand("intake id").exposedBytes())
    access = try AccessToken(try expand("intake access"))
    envelope = try expand("intake envelope")
  }

  var layer: OuterLayer { OuterLayer(key: envelope, channel: channel) }
}
