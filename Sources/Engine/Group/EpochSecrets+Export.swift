// SPDX-License-Identifier: Apache-2.0

internal import MLS
internal import RelayProtocol

extension EpochSecrets {
  /// Derives T, L and K of a group's present epoch, and erases what they were derived from.
  init(exportingAndErasing group: inout Group, channel: ChannelID) throws {
    func request(_ label: String) -> ExportRequest {
      ExportRequest(
        label: "Alcove 1.0 \(label)", context: channel.bytes, count: Self.byteCount)
    }
    let secrets = try group.exportAndErase([
      request("access"), request("turn"), request("envelope"),
    ])
    guard secrets.count == 3 else { throw EngineError(.internalFault) }
    self.init(
      access: try AccessToken(secrets[0]), turn: try TurnSecret(secrets[1]),
      envelope: secrets[2])
  }
}
