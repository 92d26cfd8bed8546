// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives

@testable import MLS

extension MLSWorld {
  /// Valid messages of all kinds, each sent in the same state of the group, and the last Commit.
  static func makeTemplates(
    _ alice: Group, _ carol: Group, _ newcomer: OwnKeyPackage, _ outsider: SignatureKey,
    _ keys: FixedKeys, _ random: SeededRandom
  ) throws -> (templates: [Template], last: PendingCommit) {
    let psk = Proposal.preSharedKey(
      PreSharedKeyID(
        source: .external(id: externalPSK), nonce: random.bytes(suite.hashLength)))
    let extended = Proposal.groupContextExtensions(
      alice.extensions + [Extension(type: ownType, data: [1])])
    let single: [Proposal] = [
      .add(newcomer.keyPackage), .remove(LeafIndex(4)), psk, extended,
      .other(ownProposal, body: [1, 2, 3]),
      .reInit(
        ReInit(groupID: GroupID([9]), cipherSuite: suite.number, extensions: [])),
    ]
    var templates: [Template] = []
    for format in [GroupSettings.HandshakeFormat.privateMessage, .publicMessage] {
      func sender() -> Group {
        var group = alice
        group.settings.handshakeFormat = format
        return group
      }
      func add(_ message: MLSMessage) throws { templates.append(try template(message, alice)) }
      for proposal in single {
        var group = sender()
        try add(group.propose(proposal, validation: validation, random: random))
      }
      var group = sender()
      try add(group.proposeUpdate(validation: validation, random: random))
      for proposals in [[], [psk], [extended], [.remove(LeafIndex(4))], single.dropLast()]
        as [[Proposal]]
      {
        var group = sender()
        try add(
          group.commit(
            proposals, preSharedKeys: keys, validation: validation, random: random
          ).message)
      }
    }
    var speaker = alice
    try templates.append(
      template(speaker.protect([1, 2, 3], padding: 5, random: random), alice))
    for message in [
      try MLSMessage.externalProposal(
        .remove(LeafIndex(4)), groupID: alice.id, epoch: alice.epoch, senderIndex: 0,
        signer: outsider),
      try MLSMessage.newMemberProposal(newcomer, groupID: alice.id, epoch: alice.epoch),
      try Group.joinExternally(
        carol.groupInfoForExternalJoin(grease: .leaveOut, random: SeededRandom(seed: 0)),
        as: try parameters(random), settings: .open,
        validation: validation, random: random
      ).message,
    ] { try templates.append(template(message, alice)) }
    var committer = alice
    let last = try committer.commit(
      [.add(newcomer.keyPackage), psk], preSharedKeys: keys, validation: validation,
      random: random)
    try templates.append(template(last.message, alice))
    return (templates, last)
  }

  static func parameters(_ random: SeededRandom) throws -> LeafParameters {
    LeafParameters(
      signatureKey: try SignatureKey(suite: suite, random: random),
      credential: .basic(identity: Array("henry".utf8)), capabilities: capabilities,
      grease: .leaveOut)
  }

  /// What a message of `sender` frames; the sender itself cannot open it any more, so another copy
  /// of its state does.
  private static func template(_ message: MLSMessage, _ sender: Group) throws -> Template {
    switch message {
    case .publicMessage(let framed):
      return Template(
        message: message, content: framed.content, confirmationTag: framed.auth.confirmationTag)
    case .privateMessage(let sealed):
      let data = try sealed.senderData(secret: sender.keys.senderData, suite: suite)
      let staged = try sender.secretTree.stage(
        SecretTree.Kind(sealed.contentType), of: data.leafIndex, generation: data.generation,
        settings: sender.settings)
      let content = try sealed.content(from: data, key: staged.key, suite: suite)
      return Template(
        message: message, content: content.content, confirmationTag: content.auth.confirmationTag)
    case .welcome, .groupInfo, .keyPackage:
      throw Finding.validRefused
    }
  }
}
