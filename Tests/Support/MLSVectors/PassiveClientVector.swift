// SPDX-License-Identifier: Apache-2.0

import MLS
import MLSTesting
import Primitives
import WireFormat

/// A member that is welcomed and follows what the others do, saying nothing; RFC 9420 section 12.
struct PassiveClientVector: Vector {
  static let kind = "passive-client"
  static let signature: Set<String> = ["external_psks", "initial_epoch_authenticator"]
  var suite: UInt16? { cipherSuite }

  let cipherSuite: UInt16
  let externalPsks: [ExternalKey]
  let keyPackage: HexBytes
  let signaturePriv: HexBytes
  let encryptionPriv: HexBytes
  let initPriv: HexBytes
  let welcome: HexBytes
  let ratchetTree: HexBytes?
  let initialEpochAuthenticator: HexBytes
  let epochs: [EpochEvents]

  struct ExternalKey: Decodable {
    let pskId: HexBytes
    let psk: HexBytes
  }

  struct EpochEvents: Decodable {
    let proposals: [HexBytes]
    let commit: HexBytes
    let epochAuthenticator: HexBytes
  }

  func verify() throws {
    let suite = try require(CipherSuite(rawValue: cipherSuite), "cipher_suite")
    guard case .welcome(let welcome) = try MLSMessage(wireBytes: welcome.bytes) else {
      throw VectorFailure(description: "no Welcome")
    }
    let own = try OwnKeyPackage(
      keyPackage: readKeyPackage(), initKey: suite.privateKey(initPriv),
      leafKey: suite.privateKey(encryptionPriv), signatureKey: suite.privateKey(signaturePriv))
    let store = KeyStore(
      keys: Dictionary(
        externalPsks.map { ($0.pskId.bytes, SharedSecret($0.psk.bytes)) },
        uniquingKeysWith: { first, _ in first }))
    let validation = Validation(
      credentials: AcceptAll(), now: 0, receivedLifetimes: .ignore, maximumLifetime: .max)
    var settings = GroupSettings.open
    // A vector may reach back as far as it likes.
    settings.resumptionEpochs = 10_000
    let tree = try ratchetTree.map { try UnverifiedRatchetTree(wireBytes: $0.bytes) }
    var group = try Group(
      joining: welcome, with: own, tree: tree, preSharedKeys: store, settings: settings,
      validation: validation)
    try expect(group.epochAuthenticator, initialEpochAuthenticator, "initial_epoch_authenticator")
    for (place, epoch) in epochs.enumerated() {
      // Those that the Commit refers to are among them; it fails without one that is not taken.
      for proposal in epoch.proposals {
        guard let message = try? MLSMessage(wireBytes: proposal.bytes) else { continue }
        _ = try? group.process(message, preSharedKeys: store, validation: validation)
      }
      let outcome = try group.process(
        try MLSMessage(wireBytes: epoch.commit.bytes), preSharedKeys: store,
        validation: validation)
      guard case .commit(let staged) = outcome else {
        throw VectorFailure(description: "epochs[\(place)].commit is none")
      }
      group = try require(staged.next, "epochs[\(place)]: still a member")
      try expect(
        group.epochAuthenticator, epoch.epochAuthenticator, "epochs[\(place)].epoch_authenticator")
    }
  }

  /// As a message, or as it stands.
  private func readKeyPackage() throws -> KeyPackage {
    if case .keyPackage(let package)? = try? MLSMessage(wireBytes: keyPackage.bytes) {
      return package
    }
    return try KeyPackage(wireBytes: keyPackage.bytes)
  }

  private struct KeyStore: PreSharedKeyStore {
    let keys: [[UInt8]: SharedSecret]
    func externalKey(id: [UInt8]) -> SharedSecret? { keys[id] }
    func resumptionKey(groupID: GroupID, epoch: Epoch) -> SharedSecret? { nil }
  }
}
