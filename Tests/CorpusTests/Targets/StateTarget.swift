// SPDX-License-Identifier: Apache-2.0

import Primitives

@testable import MLS

extension FuzzTarget {
  /// The stored state of a group, and a group that was read from it at work: it is taken at its word,
  /// and must not trap for that.
  static let mlsState = FuzzTarget(
    name: "mls-state",
    run: { input in
      guard var group = try? Group(exposedBytes: Array(input)) else { return }
      let bytes = group.encodedExposingSecrets()
      let again = try Group(exposedBytes: bytes)
      try require(again.encodedExposingSecrets() == bytes, .encodesDifferently)

      let world = try MLSWorld.shared
      let random = SeededRandom(seed: 5)
      for template in world.templates {
        if case .application = template.content.body {
          _ = try? group.unprotect(template.message)
        } else {
          _ = try? group.process(
            template.message, preSharedKeys: world.keys, validation: MLSWorld.validation)
        }
      }
      _ = try? group.protect([1], random: random)
      _ = try? group.export(ExportRequest(label: "a", context: [], count: 32))
      _ = try? group.proposeUpdate(validation: MLSWorld.validation, random: random)
      _ = try? group.groupInfoForExternalJoin(grease: .leaveOut, random: SeededRandom(seed: 0))
      if let pending = try? group.commit(
        [.remove(LeafIndex(0))], validation: MLSWorld.validation, random: random)
      {
        try stored(pending.next)
      }
    },
    seeds: {
      let world = try MLSWorld.shared
      var busy = world.victim
      for template in world.templates {
        switch (template.content.body, template.message.format) {
        case (.application, _): _ = try busy.unprotect(template.message)
        case (.proposal, .publicMessage):
          _ = try busy.process(
            template.message, preSharedKeys: world.keys, validation: MLSWorld.validation)
        default: break
        }
      }
      return [world.victim, world.earlier, busy].map { $0.encodedExposingSecrets() }
    })
}
