// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import WireFormat

@testable import MLS

extension FuzzTarget {
  /// A client receives an edited Welcome, or an edited GroupInfo to join by: as anybody could send
  /// it, or an inviter who encrypts and signs what it likes.
  static let mlsJoin = FuzzTarget(
    name: "mls-join",
    run: { input in
      let world = try MLSWorld.shared
      var script = EditScript(input)
      switch script.pick(4) {
      case 0:
        var bytes = world.welcome.wireBytes
        script.edit(&bytes)
        try join(bytes, world, mayDiffer: false)
      case 1:
        guard let bytes = try? reencrypted(world, &script) else { return }
        try join(bytes, world, mayDiffer: true)
      case 2:
        guard
          let info = try? resigned(
            world.welcomed.groupInfo(grease: .leaveOut, random: SeededRandom(seed: 0)), world,
            &script),
          let bytes = try? reencrypted(info.wireBytes, world, &script)
        else { return }
        try join(bytes, world, mayDiffer: true)
      default:
        guard
          let info = try? resigned(
            world.victim.groupInfoForExternalJoin(grease: .leaveOut, random: SeededRandom(seed: 0)),
            world, &script),
          let joined = try? Group.joinExternally(
            info, as: MLSWorld.parameters(SeededRandom(seed: 3)), settings: .open,
            validation: MLSWorld.validation, random: SeededRandom(seed: 4))
        else { return }
        try stored(joined.group)
      }
    },
    seeds: { (0..<4 as Range<UInt8>).map { [$0] } })

  private static func join(_ bytes: [UInt8], _ world: MLSWorld, mayDiffer: Bool) throws {
    guard let welcome = try? Welcome(wireBytes: bytes) else { return }
    let isHonest = welcome == world.welcome
    let group = try? Group(
      joining: welcome, with: world.newcomer, preSharedKeys: world.keys, settings: .open,
      validation: MLSWorld.validation)
    if isHonest { try require(group != nil, .validRefused) }
    guard let group else { return }
    try stored(group)
    if !mayDiffer {
      // Secrets for others are not this client's to judge; what concerns it is untouched.
      try require(group.context == world.welcomed.context, .forgeryTaken)
      try require(
        group.epochAuthenticator.equals(world.welcomed.epochAuthenticator), .disagreement)
    }
  }

  /// The Welcome with edited plaintexts.
  private static func reencrypted(
    _ world: MLSWorld, _ script: inout EditScript
  ) throws -> [UInt8] {
    var info = try world.welcome.open(with: world.newcomer, world.keys).info.wireBytes
    script.edit(&info)
    return try reencrypted(info, world, &script)
  }

  private static func reencrypted(
    _ info: [UInt8], _ world: MLSWorld, _ script: inout EditScript
  ) throws -> [UInt8] {
    let opened = try world.welcome.open(with: world.newcomer, world.keys)
    let key = opened.member.welcomeKey()
    let encrypted = try MLSWorld.suite.hpke.aead.seal(
      info, key: key.key, nonce: key.nonce, associatedData: [])
    var secrets = opened.secrets.encodedExposingSecrets()
    script.edit(&secrets)
    return Welcome(
      cipherSuite: MLSWorld.suite.number,
      secrets: [
        EncryptedGroupSecrets(
          newMember: world.newcomer.reference,
          encryptedGroupSecrets: try MLSWorld.suite.encrypt(
            secrets, to: world.newcomer.keyPackage.initKey, label: "Welcome", context: encrypted))
      ], encryptedGroupInfo: encrypted
    ).wireBytes
  }

  /// A GroupInfo with an edited context, edited extensions and an edited tree, in which hash, tag and
  /// signature are right for what it says.
  private static func resigned(
    _ info: GroupInfo, _ world: MLSWorld, _ script: inout EditScript
  ) throws -> GroupInfo {
    var tree = UnverifiedRatchetTree(world.welcomed.tree).wireBytes
    script.edit(&tree)
    var shaped = try UnverifiedRatchetTree(wireBytes: tree).assumingValid(suite: MLSWorld.suite)
    var bytes = info.groupContext.wireBytes
    script.edit(&bytes)
    var context = try GroupContext(wireBytes: bytes)
    context.treeHash = shaped.treeHash()
    var extensions = info.extensions.filter { $0.type != .ratchetTree }
    for index in extensions.indices { script.edit(&extensions[index].data) }
    extensions.append(Extension(type: .ratchetTree, data: tree))
    let member = try world.welcome.open(with: world.newcomer, world.keys).member
    let tag = MLSWorld.suite.mac(
      key: member.epochSecrets(groupContext: context.wireBytes).confirmation,
      context.confirmedTranscriptHash)
    let signer = script.pick(4) == 3 ? LeafIndex(script.number()) : info.signer
    return try GroupInfo(
      groupContext: context, extensions: extensions, confirmationTag: tag, signer: signer,
      with: world.welcomed.signatureKey)
  }
}
