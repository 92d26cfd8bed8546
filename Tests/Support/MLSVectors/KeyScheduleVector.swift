// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives
import WireFormat

/// Epochs that follow from each other, RFC 9420 section 8.
struct KeyScheduleVector: Vector {
  static let kind = "key-schedule"
  static let signature: Set<String> = ["initial_init_secret", "epochs"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let groupId: HexBytes
  let initialInitSecret: HexBytes
  let epochs: [Epoch]

  struct Epoch: Decodable {
    let treeHash: HexBytes
    let commitSecret: HexBytes
    let pskSecret: HexBytes
    let confirmedTranscriptHash: HexBytes
    let groupContext: HexBytes
    let joinerSecret: HexBytes
    let welcomeSecret: HexBytes
    let initSecret: HexBytes
    let senderDataSecret: HexBytes
    let encryptionSecret: HexBytes
    let exporterSecret: HexBytes
    let epochAuthenticator: HexBytes
    let externalSecret: HexBytes
    let confirmationKey: HexBytes
    let membershipKey: HexBytes
    let resumptionPsk: HexBytes
    let externalPub: HexBytes
    let exporter: Exporter
  }

  struct Exporter: Decodable {
    let label: String
    let context: HexBytes
    let length: Int
    let secret: HexBytes
  }

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    var initSecret = SharedSecret(initialInitSecret.bytes)
    for (number, epoch) in epochs.enumerated() {
      let secrets = try verify(epoch, number, initSecret: initSecret, suite: suite)
      initSecret = secrets.initSecret
    }
  }

  private func verify(
    _ epoch: Epoch, _ number: Int, initSecret: SharedSecret, suite: CipherSuite
  ) throws -> EpochSecrets {
    let context = GroupContext(
      cipherSuite: suite, groupID: GroupID(groupId.bytes), epoch: MLS.Epoch(UInt64(number)),
      treeHash: epoch.treeHash.bytes, confirmedTranscriptHash: epoch.confirmedTranscriptHash.bytes,
      extensions: []
    ).wireBytes
    try expect(context == epoch.groupContext.bytes, "epochs[\(number)].group_context")
    let joiner = JoinerSecret(
      initSecret: initSecret, commitSecret: SharedSecret(epoch.commitSecret.bytes),
      groupContext: context, suite: suite)
    let member = joiner.withPreSharedKeys(SharedSecret(epoch.pskSecret.bytes))
    let secrets = member.epochSecrets(groupContext: context)
    let exported = try suite.export(
      secrets.exporter, label: epoch.exporter.label, context: epoch.exporter.context.bytes,
      count: epoch.exporter.length)
    for (name, ours, theirs) in [
      ("joiner_secret", joiner.secret, epoch.joinerSecret),
      ("welcome_secret", member.welcomeSecret, epoch.welcomeSecret),
      ("init_secret", secrets.initSecret, epoch.initSecret),
      ("sender_data_secret", secrets.senderData, epoch.senderDataSecret),
      ("encryption_secret", secrets.encryption, epoch.encryptionSecret),
      ("exporter_secret", secrets.exporter, epoch.exporterSecret),
      ("epoch_authenticator", secrets.authenticator, epoch.epochAuthenticator),
      ("external_secret", secrets.external, epoch.externalSecret),
      ("confirmation_key", secrets.confirmation, epoch.confirmationKey),
      ("membership_key", secrets.membership, epoch.membershipKey),
      ("resumption_psk", secrets.resumption, epoch.resumptionPsk),
      ("exporter.secret", exported, epoch.exporter.secret),
    ] {
      try expect(ours.exposedBytes() == theirs.bytes, "epochs[\(number)].\(name)")
    }
    try expect(
      suite.deriveKeyPair(from: secrets.external).publicKey == epoch.externalPub.bytes,
      "epochs[\(number)].external_pub")
    return secrets
  }
}
