// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives

@testable import MLS

extension FuzzTarget {
  /// A history of a group that the input dictates, over a network that delivers in any order, twice or
  /// not at all; members are reloaded from their stored state in between.
  static let mlsActions = FuzzTarget(
    name: "mls-actions",
    run: { input in
      var script = EditScript(input)
      var history = try History()
      for _ in 0..<32 where !script.isAtEnd { try history.step(&script) }
      try history.expectAgreement()
    },
    seeds: {
      let random = SeededRandom(seed: 6)
      return [[]] + (0..<12).map { _ in random.bytes(96) }
    })
}

/// Members, what they have sent, and the order that a delivery service gave their Commits.
private struct History {
  private var members: [Group]
  /// The Commit that ends each epoch, with the Welcome of whom it adds.
  private var log: [Epoch: PendingCommit] = [:]
  private var texts: [(message: MLSMessage, data: [UInt8], readers: Set<SignaturePublicKey>)] = []
  private var proposals: [MLSMessage] = []
  private var newcomers: [OwnKeyPackage] = []
  private let random = SeededRandom(seed: 7)

  init() throws {
    let world = try MLSWorld.shared
    members = [world.forger, world.victim]
  }

  mutating func step(_ script: inout EditScript) throws {
    let place = script.pick(members.count)
    switch script.pick(9) {
    case 0: speak(place, script.literal(16))
    case 1: try hear(place, &script)
    case 2: try commit(place, &script)
    case 3: try follow(place)
    case 4: propose(place, &script)
    case 5:
      guard let message = choose(proposals, &script) else { return }
      _ = try? members[place].process(message, validation: MLSWorld.validation)
    case 6: try reload(place)
    case 7: try join(&script)
    default:
      // A Commit of an epoch gone by, or of one's own.
      guard let old = choose(log.keys.sorted(), &script), old != members[place].epoch,
        let message = log[old]?.message
      else { return }
      let outcome = try? members[place].process(message, validation: MLSWorld.validation)
      try require(outcome == nil, .replayTaken)
    }
  }

  private func choose<Item>(_ items: [Item], _ script: inout EditScript) -> Item? {
    items.isEmpty ? nil : items[script.pick(items.count)]
  }

  private mutating func speak(_ place: Int, _ data: [UInt8]) {
    guard let message = try? members[place].protect(data, random: random) else { return }
    texts.append((message, data, [members[place].ownLeafNode.signatureKey]))
  }

  private mutating func hear(_ place: Int, _ script: inout EditScript) throws {
    guard !texts.isEmpty else { return }
    let index = script.pick(texts.count)
    guard let heard = try? members[place].unprotect(texts[index].message) else { return }
    try require(heard.data == texts[index].data, .forgeryTaken)
    let reader = members[place].ownLeafNode.signatureKey
    let isNew = texts[index].readers.insert(reader).inserted
    try require(isNew, .replayTaken)
  }

  private mutating func commit(_ place: Int, _ script: inout EditScript) throws {
    guard log[members[place].epoch] == nil else { return }
    var options = CommitOptions()
    options.path = script.pick(2) == 0 ? .always : .whenRequired
    options.pendingProposals = script.pick(2) == 0 ? .include : .leaveOut
    var changes: [Proposal] = []
    if script.pick(3) == 1, members.count < 5 {
      let package = try MLSWorld.client("new", random)
      newcomers.append(package)
      changes.append(.add(package.keyPackage))
    }
    if script.pick(4) == 1 { changes.append(.remove(LeafIndex(UInt32(script.pick(8))))) }
    let epoch = members[place].epoch
    guard
      let pending = try? members[place].commit(
        changes, options: options, validation: MLSWorld.validation, random: random)
    else { return }
    log[epoch] = pending
    members[place] = pending.next
  }

  /// The next Commit in the service's order. Whoever has seen the proposals that it refers to takes it.
  private mutating func follow(_ place: Int) throws {
    guard let pending = log[members[place].epoch] else { return }
    for message in proposals {
      _ = try? members[place].process(message, validation: MLSWorld.validation)
    }
    guard
      case .commit(let staged) = try members[place].process(
        pending.message, validation: MLSWorld.validation)
    else { throw Finding.validRefused }
    if let next = try staged.next(after: members[place]) {
      members[place] = next
    } else if members.count > 1 {
      members.remove(at: place)
    }
  }

  private mutating func propose(_ place: Int, _ script: inout EditScript) {
    let message: MLSMessage? =
      switch script.pick(3) {
      case 0: try? members[place].proposeUpdate(validation: MLSWorld.validation, random: random)
      case 1:
        try? members[place].propose(
          .remove(LeafIndex(UInt32(script.pick(8)))), validation: MLSWorld.validation,
          random: random)
      default:
        try? members[place].propose(
          .groupContextExtensions(members[place].extensions), validation: MLSWorld.validation,
          random: random)
      }
    if let message { proposals.append(message) }
  }

  private mutating func reload(_ place: Int) throws {
    let bytes = members[place].encodedExposingSecrets()
    members[place] = try Group(exposedBytes: bytes)
    try require(members[place].encodedExposingSecrets() == bytes, .encodesDifferently)
  }

  /// Somebody who has been added joins, once.
  private mutating func join(_ script: inout EditScript) throws {
    guard !newcomers.isEmpty else { return }
    let package = newcomers.remove(at: script.pick(newcomers.count))
    for pending in log.values {
      guard let welcome = pending.welcome,
        welcome.secrets.contains(where: { $0.newMember == package.reference })
      else { continue }
      members.append(
        try Group(
          joining: welcome, with: package, settings: .open, validation: MLSWorld.validation))
    }
  }

  func expectAgreement() throws {
    for (index, one) in members.enumerated() {
      for other in members[..<index] where other.epoch == one.epoch {
        try require(
          other.context == one.context
            && other.epochAuthenticator.equals(one.epochAuthenticator), .disagreement)
      }
    }
  }
}
