// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import WireFormat

@testable import MLS

/// A member that signs, tags and encrypts whatever an edit script makes of a valid message.
struct Forger {
  var group: Group
  var script: EditScript
  private let random = SeededRandom(seed: 2)

  init(_ group: Group, _ script: EditScript) {
    self.group = group
    self.script = script
  }

  private var suite: CipherSuite { group.suite }

  /// Content with edited bytes, signed and framed.
  mutating func reframed(_ template: MLSWorld.Template) throws -> MLSMessage {
    var bytes = template.content.wireBytes
    script.edit(&bytes)
    let content = try FramedContent(wireBytes: bytes)
    let isPublic = (template.message.format == .publicMessage) != (script.pick(2) == 1)
    let format: MessageFormat = isPublic ? .publicMessage : .privateMessage
    var message = try AuthenticatedContent(
      signing: content, wireFormat: format, context: group.encodedContext,
      with: group.signatureKey)
    if case .commit = content.body {
      message.auth.confirmationTag = template.confirmationTag ?? []
    }
    group.settings.handshakeFormat = isPublic ? .publicMessage : .privateMessage
    return try group.protect(message, padding: script.pick(32), random: random)
  }

  /// A PrivateMessage of edited plaintext and of any sender data.
  mutating func reencrypted(_ template: MLSWorld.Template) throws -> MLSMessage {
    let content = template.content
    let type = content.body.type
    let kind = SecretTree.Kind(type)
    let skipped = script.pick(4)
    for _ in 0..<skipped {
      let staged = try group.secretTree.stage(
        kind, of: group.ownLeaf, generation: nil, settings: group.settings)
      group.secretTree.consume(staged)
    }
    let staged = try group.secretTree.stage(
      kind, of: group.ownLeaf, generation: nil, settings: group.settings)
    var signed = try AuthenticatedContent(
      signing: content, wireFormat: .privateMessage, context: group.encodedContext,
      with: group.signatureKey)
    signed.auth.confirmationTag = template.confirmationTag
    var plaintext = WireWriter()
    plaintext.writeFixed(content.encodedBody)
    plaintext.write(signed.auth)
    var bytes = plaintext.bytes
    script.edit(&bytes)
    var data = SenderData(
      leafIndex: group.ownLeaf, generation: staged.key.generation, reuseGuard: [1, 2, 3, 4])
    if script.pick(2) == 1 {
      data.leafIndex = LeafIndex(script.number())
      data.generation = Generation(script.number())
    }
    var senderData = data.wireBytes
    script.edit(&senderData)

    var header = WireWriter()
    header.write(group.id)
    header.write(group.epoch)
    header.write(type)
    let aead = suite.hpke.aead
    let ciphertext = try aead.seal(
      bytes, key: staged.key.key, nonce: staged.key.nonce(guardedBy: data.reuseGuard),
      associatedData: header.bytes + [UInt8(0)])
    let senderKey = SenderData.key(group.keys.senderData, ciphertext: ciphertext, suite: suite)
    let encryptedSenderData = try aead.seal(
      senderData, key: senderKey.key, nonce: senderKey.nonce, associatedData: header.bytes)
    return .privateMessage(
      PrivateMessage(
        groupID: group.id, epoch: group.epoch, contentType: type, authenticatedData: [],
        encryptedSenderData: encryptedSenderData, ciphertext: ciphertext))
  }

  /// A KeyPackage with edited contents, well signed by a key of its own.
  mutating func keyPackage(like original: OwnKeyPackage) throws -> KeyPackage {
    var contents = original.keyPackage.leafNode.contents.wireBytes
    script.edit(&contents)
    let leaf = try LeafNode(
      signing: LeafNodeContents(wireBytes: contents), for: nil, with: original.signatureKey)
    var writer = WireWriter()
    writer.write(ProtocolVersion.mls10)
    writer.write(original.suite.number)
    writer.write(original.keyPackage.initKey)
    writer.write(leaf)
    writer.writeVector(original.keyPackage.extensions)
    var signed = writer.bytes
    script.edit(&signed)
    let signature = try original.signatureKey.sign(signed, label: "KeyPackageTBS")
    writer = WireWriter()
    writer.writeFixed(signed)
    writer.writeOpaque(signature)
    return try KeyPackage(wireBytes: writer.bytes)
  }

  /// A Commit whose proposals, leaf and path are edited, with every key, hash, signature and tag right
  /// for what it says.
  mutating func commit(_ template: MLSWorld.Template, adding: OwnKeyPackage) throws -> MLSMessage {
    guard case .commit(let original) = template.content.body else {
      return try reframed(template)
    }
    var proposals: [Proposal] = []
    for case .proposal(let proposal) in original.proposals {
      if case .add = proposal {
        proposals.append(.add(try keyPackage(like: adding)))
      } else {
        var bytes = proposal.wireBytes
        script.edit(&bytes)
        proposals.append(try Proposal(wireBytes: bytes))
      }
    }
    return try commit(proposals, withPath: original.path != nil)
  }

  private mutating func commit(_ proposals: [Proposal], withPath: Bool) throws -> MLSMessage {
    let edits = Edits(script)
    var forged = ForgedCommit(proposals)
    forged.withPath = withPath
    forged.random = random
    forged.preSharedKeys = FixedKeys()
    forged.leaf = { contents throws(MLSError) in
      var bytes = contents.wireBytes
      edits.script.edit(&bytes)
      do throws(WireError) {
        contents = try LeafNodeContents(wireBytes: bytes)
      } catch {
        throw .malformed(error)
      }
    }
    forged.path = { path in
      var bytes = path.wireBytes
      edits.script.edit(&bytes)
      path = try UpdatePath(wireBytes: bytes)
    }
    let message = try forged.content(from: group)
    script = edits.script
    return .privateMessage(
      try group.encrypt(message, padding: script.pick(32), random: random))
  }

  /// The script, where several closures take from it in turn.
  private final class Edits {
    var script: EditScript
    init(_ script: EditScript) { self.script = script }
  }
}
