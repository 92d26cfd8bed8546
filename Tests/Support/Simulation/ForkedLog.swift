// SPDX-License-Identifier: Apache-2.0

import RelayProtocol

/// The log of one channel as a lying relay shows it to one device: altered for good, with a chain that is
/// right in itself.
struct ForkedLog {
  private let channel: ChannelID
  private var shown: [EnvelopeEntry] = []
  private var taken = 0

  init(_ channel: ChannelID) { self.channel = channel }

  /// Takes what the true log holds by now, lying here and there.
  mutating func extend(_ truth: [EnvelopeEntry], _ chance: Chance, lies: Int) -> [String] {
    var told: [String] = []
    var coming = Array(truth.dropFirst(taken))
    taken = max(taken, truth.count)
    while !coming.isEmpty {
      let entry = coming.removeFirst()
      guard chance.happens(lies) else {
        show(entry, entry.envelope)
        continue
      }
      guard entry.named.isEmpty else {
        // A turn is altered seldom: nothing can be read behind it.
        let altered = chance.happens(2_000)
        show(entry, altered ? Self.altered(entry.envelope) : entry.envelope)
        if altered { told.append("alters the turn at \(entry.position.value)") }
        continue
      }
      switch chance.below(5) {
      case 0:
        told.append("drops \(entry.position.value)")
      case 1:
        told.append("repeats an envelope before \(entry.position.value)")
        let plain = shown.filter(\.named.isEmpty)
        if !plain.isEmpty {
          let again = chance.pick(plain)
          show(again, again.envelope)
        }
        show(entry, entry.envelope)
      case 2:
        told.append("swaps \(entry.position.value) with the next")
        if let next = coming.first, next.named.isEmpty {
          coming.removeFirst()
          show(next, next.envelope)
        }
        show(entry, entry.envelope)
      case 3:
        told.append("alters \(entry.position.value)")
        show(entry, Self.altered(entry.envelope))
      default:
        told.append("shows another envelope at \(entry.position.value)")
        show(entry, shown.last { $0.named.isEmpty }?.envelope ?? Self.altered(entry.envelope))
      }
    }
    return told
  }

  /// What the device gets behind `after`, up to the turn that it may see.
  func answer(after: Position, turn: EnvelopeID?) throws(RelayError) -> [Frame] {
    var last = shown.count
    if let turn, let index = shown.firstIndex(where: { $0.id == turn && !$0.named.isEmpty }) {
      last = index + 1
    }
    guard after.value <= UInt64(last) else { throw .refused(.beyondHead) }
    var frames = shown[Int(after.value)..<last].map { Frame(.envelope($0)) }
    let position = Position(UInt64(last))
    frames.append(
      turn != nil ? Frame(.turned(last: position)) : Frame(.caughtUp(at(position))))
    return frames
  }

  private func at(_ position: Position) -> LogAt {
    LogAt(
      position: position,
      chain: position.value == 0 ? .founding(channel) : shown[Int(position.value) - 1].chain)
  }

  private mutating func show(_ entry: EnvelopeEntry, _ envelope: [UInt8]) {
    let position = Position(UInt64(shown.count) + 1)
    let chain = at(Position(UInt64(shown.count))).chain.adding(
      EntryHash(id: entry.id, named: entry.named, envelope: envelope), at: position)
    shown.append(
      EnvelopeEntry(
        position: position, id: entry.id, named: entry.named, chain: chain, envelope: envelope))
  }

  static func altered(_ envelope: [UInt8]) -> [UInt8] {
    var envelope = envelope
    envelope[envelope.count / 2] ^= 1
    return envelope
  }
}
