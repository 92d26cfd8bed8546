// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

@testable import MLS

extension FuzzTarget {
  /// Whatever comes as an MLSMessage.
  static let mlsMessage = FuzzTarget(
    name: "mls-message", run: { try Structure(MLSMessage.self).check($0) },
    seeds: {
      try MLSWorld.shared.templates.map(\.message.wireBytes)
        + [
          MLSMessage.welcome(MLSWorld.shared.welcome).wireBytes,
          MLSMessage.groupInfo(
            MLSWorld.shared.victim.groupInfoForExternalJoin(
              grease: .leaveOut, random: SeededRandom(seed: 0))
          ).wireBytes,
          MLSMessage.keyPackage(MLSWorld.shared.newcomer.keyPackage).wireBytes,
        ]
    })

  /// The parts of messages, and what extensions hold.
  static let mlsParts = FuzzTarget(
    "mls-parts",
    anyOf: [
      Structure(KeyPackage.self), Structure(Welcome.self), Structure(GroupInfo.self),
      Structure(PublicMessage.self), Structure(PrivateMessage.self), Structure(LeafNode.self),
      Structure(Proposal.self), Structure(Commit.self), Structure(UpdatePath.self),
      Structure(GroupContext.self), Structure(AuthenticatedContent.self),
      Structure(SenderData.self), Structure(ParentNode.self), Structure(Capabilities.self),
      Structure(RequiredCapabilities.self), Structure(Credential.self),
      Structure(PreSharedKeyID.self), Structure(ReInit.self), Structure(HPKECiphertext.self),
      Structure { bytes in try GroupSecrets(exposedBytes: Array(bytes)).encodedExposingSecrets() },
      Structure { bytes in
        ExternalSender.asExtension(try ExternalSender.list(Array(bytes))).data
      },
      Structure { bytes in try OwnKeyPackage(exposedBytes: Array(bytes)).encodedExposingSecrets() },
      Structure(GroupSettings.self),
    ],
    seeds: {
      let world = try MLSWorld.shared
      let info = try world.victim.groupInfo(grease: .leaveOut, random: SeededRandom(seed: 0))
      let contents = world.templates.map(\.content)
      let commits = contents.compactMap { content -> Commit? in
        if case .commit(let commit) = content.body { commit } else { nil }
      }
      let opened = try world.welcome.open(with: world.newcomer, world.keys)
      var seeds: [(Int, [UInt8])] = [
        (0, world.newcomer.keyPackage.wireBytes), (1, world.welcome.wireBytes),
        (2, info.wireBytes), (5, world.victim.ownLeafNode.wireBytes),
        (9, world.victim.context.wireBytes), (13, world.victim.ownLeafNode.capabilities.wireBytes),
        (14, MLSWorld.required.wireBytes),
        (15, world.victim.ownLeafNode.credential.wireBytes),
        (19, opened.secrets.encodedExposingSecrets()),
        (21, world.newcomer.encodedExposingSecrets()), (22, GroupSettings.open.wireBytes),
      ]
      seeds += world.victim.extensions.filter { $0.type == .externalSenders }.map { (20, $0.data) }
      seeds += world.victim.tree.parents.map { (12, $0.node.wireBytes) }
      seeds += commits.map { (7, $0.wireBytes) }
      seeds += commits.compactMap { $0.path.map { (8, $0.wireBytes) } }
      for case .proposal(let proposal) in contents.map(\.body) {
        seeds.append((6, proposal.wireBytes))
      }
      return seeds
    })

  /// A ratchet tree, and the rules for its shape where its bytes parse.
  static let mlsTree = FuzzTarget(
    name: "mls-tree",
    run: { input in
      try Structure(UnverifiedRatchetTree.self).check(input)
      guard let tree = try? UnverifiedRatchetTree(wireBytes: input) else { return }
      var shaped = tree.assumingValid(suite: MLSWorld.suite)
      try? shaped.validateUnmergedLeaves()
      // The parent hashes stand on the lists of unmerged leaves, as in the order of the rules.
      if (try? shaped.validateStructure()) != nil {
        try? shaped.validateCompatibility(of: shaped.memberIndices, extensions: [])
      }
      let hash = shaped.treeHash()
      var again = UnverifiedRatchetTree(shaped).assumingValid(suite: MLSWorld.suite)
      try require(again.treeHash() == hash, .encodesDifferently)
    },
    seeds: {
      let world = try MLSWorld.shared
      return [world.victim, world.earlier].map { UnverifiedRatchetTree($0.tree).wireBytes }
    })
}
