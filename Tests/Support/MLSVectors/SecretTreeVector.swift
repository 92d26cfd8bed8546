// SPDX-License-Identifier: Apache-2.0

import MLS
import Primitives

/// Keys of messages and of sender data, RFC 9420 sections 9 and 6.3.2.
struct SecretTreeVector: Vector {
  static let kind = "secret-tree"
  static let signature: Set<String> = ["sender_data", "encryption_secret", "leaves"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let senderData: SenderDataKeys
  let encryptionSecret: HexBytes
  let leaves: [[Keys]]

  struct SenderDataKeys: Decodable {
    let senderDataSecret: HexBytes
    let ciphertext: HexBytes
    let key: HexBytes
    let nonce: HexBytes
  }

  struct Keys: Decodable {
    let generation: UInt32
    let handshakeKey: HexBytes
    let handshakeNonce: HexBytes
    let applicationKey: HexBytes
    let applicationNonce: HexBytes
  }

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    let key = SenderData.key(
      SharedSecret(senderData.senderDataSecret.bytes), ciphertext: senderData.ciphertext.bytes,
      suite: suite)
    try expect(key.key, senderData.key, "sender_data.key")
    try expect(key.nonce == senderData.nonce.bytes, "sender_data.nonce")
    let tree = SecretTree(
      encryptionSecret: SharedSecret(encryptionSecret.bytes),
      size: try require(TreeSize(leafCount: leaves.count), "leaves"), suite: suite)
    for (place, generations) in leaves.enumerated() {
      for expected in generations {
        // From the start each time: a file may name its generations in any order, however far apart.
        var tree = tree
        let name = "leaves[\(place)], generation \(expected.generation)"
        let handshake = try take(.handshake, place, expected.generation, from: &tree)
        try expect(handshake.key, expected.handshakeKey, "\(name): handshake_key")
        try expect(handshake.nonce, expected.handshakeNonce, "\(name): handshake_nonce")
        let application = try take(.application, place, expected.generation, from: &tree)
        try expect(application.key, expected.applicationKey, "\(name): application_key")
        try expect(application.nonce, expected.applicationNonce, "\(name): application_nonce")
      }
    }
  }

  private var settings: GroupSettings {
    var settings = GroupSettings.open
    settings.maximumForwardDistance = .max
    return settings
  }

  private func take(
    _ kind: SecretTree.Kind, _ leaf: Int, _ generation: UInt32, from tree: inout SecretTree
  ) throws -> MessageKey {
    let staged = try tree.stage(
      kind, of: LeafIndex(UInt32(leaf)), generation: Generation(generation), settings: settings)
    tree.consume(staged)
    return staged.key
  }
}
