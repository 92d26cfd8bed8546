// SPDX-License-Identifier: Apache-2.0

import Primitives
import WireFormat

@testable import MLS

extension FuzzTarget {
  /// A member of a live group receives an edited message: by anybody, or by a member who signs and
  /// encrypts what it likes.
  static let mlsProcess = FuzzTarget(
    name: "mls-process",
    run: { input in
      let world = try MLSWorld.shared
      var script = EditScript(input)
      let layer = script.pick(4)
      let template = world.templates[script.pick(world.templates.count)]
      let isEdited = !script.isAtEnd
      let bytes: [UInt8]
      if layer == 0 {
        var edited = template.message.wireBytes
        script.edit(&edited)
        bytes = edited
      } else {
        var forger = Forger(world.forger, script)
        // The forger's own tools refuse what cannot be put together at all.
        let message: MLSMessage? =
          switch layer {
          case 1: try? forger.reframed(template)
          case 2: try? forger.reencrypted(template)
          default: try? forger.commit(template, adding: world.newcomer)
          }
        guard let message else { return }
        bytes = message.wireBytes
      }
      guard let message = try? MLSMessage(wireBytes: bytes) else { return }
      let isHonest = world.templates.contains { $0.message == message }
      let wasTaken = try receive(message, world)
      if layer == 0 { try require(!wasTaken || isHonest, .forgeryTaken) }
      // The tools of the forger are good: what it leaves as it was is taken. But a Commit is bound to
      // how it was framed.
      let isFramedAnew = layer == 2 && template.message.format == .publicMessage
      let isForgers = template.content.sender == .member(world.forger.ownLeaf)
      if isHonest || (!isEdited && isForgers && !isFramedAnew) {
        try require(wasTaken, .validRefused)
      }
    },
    seeds: {
      let count = UInt8(try MLSWorld.shared.templates.count)
      return (0..<4 as Range<UInt8>).flatMap { layer in
        (0..<count).map { [layer, $0] }
      }
    })

  /// Hands a message to the victim; whether it was taken.
  private static func receive(_ message: MLSMessage, _ world: MLSWorld) throws -> Bool {
    var victim = world.victim
    let before = victim.encodedExposingSecrets()
    var next: Group?
    do throws(MLSError) {
      if message.isApplicationMessage {
        _ = try victim.unprotect(message)
      } else if case .commit(let staged) = try victim.process(
        message, preSharedKeys: world.keys, validation: MLSWorld.validation)
      {
        next = try staged.next(after: victim)
      }
    } catch {
      try require(victim.encodedExposingSecrets() == before, .changedByRefusal)
      return false
    }
    try stored(victim)
    try stored(next)
    // What was taken once is not taken again; a proposal that is known is.
    if message.isApplicationMessage {
      try require((try? victim.unprotect(message)) == nil, .replayTaken)
    }
    return true
  }

  /// Writes a group and reads it back.
  static func stored(_ group: Group?) throws {
    guard let group else { return }
    let bytes = group.encodedExposingSecrets()
    let again = try Group(exposedBytes: bytes)
    try require(again.encodedExposingSecrets() == bytes, .encodesDifferently)
  }
}

extension MLSMessage {
  fileprivate var isApplicationMessage: Bool {
    if case .privateMessage(let sealed) = self { sealed.contentType == .application } else { false }
  }
}
