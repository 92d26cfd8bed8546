// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol

/// What one answer of a relay adds to the log as it is known here.
///
/// A relay shows its chain with every envelope and at the end of the log, and none with the hashes that stand
/// for bodies it no longer keeps. Such hashes are taken only with a chain behind them that fits: once they are
/// counted, no other log fits any more, not the true one either. Chains are computed from hashes alone, so all
/// of this is known before anything is opened or stored.
struct CheckedBatch {
  enum Item {
    case entry(LogEntry)
    case gap([EntryHash])
  }

  /// In order, from behind what was read before on; what the answer bears out and nothing else.
  private(set) var items: [Item] = []
  /// Whether a chain in the answer leads on from what was read before.
  private(set) var fits = false
  /// Whether one does not.
  private(set) var isContradicted = false
  private(set) var end = BatchEnd.caughtUp

  /// How far a chain has borne out what was shown, and how far the frames lead.
  private var proved: Position
  private var reached: ReadMark
  /// What lies between the two: hashes of bodies that are gone.
  private var unproved: [EntryHash] = []

  /// Holds the frames of one read against the log, in order, up to the first that has no place.
  ///
  /// Positions already read are skipped: another process of this profile may have been faster. A position
  /// left out is never skipped: the chain could not be computed any more.
  ///
  /// - Parameters:
  ///   - read: What was read before.
  ///   - asked: The position after which was asked; `read` may be further by now.
  init(_ answer: ReadAnswer, behind read: ReadMark, asked: Position) {
    proved = read.position
    reached = read
    for frame in answer.frames {
      guard take(frame.body, asked: asked) else { return }
    }
    if !unproved.isEmpty {
      end = .unproved(unproved, after: proved)
    } else if case .more = end, reached.position == asked {
      // A relay that always promises more and never gives it does not hold a reader for ever.
      end = .fault(.relayInconsistent)
    }
  }

  /// False at the first frame that has no place.
  private mutating func take(_ frame: Frame.Body, asked: Position) -> Bool {
    switch frame {
    case .envelope(let shown):
      guard shown.position > reached.position else { return true }
      guard shown.position == reached.position.next else { return refuse(.channelGap) }
      let entry = LogEntry(
        position: shown.position, id: shown.id, named: shown.named, envelope: shown.envelope)
      reached = reached.adding(entry.hash)
      guard reached.chain == shown.chain else { return contradict() }
      prove()
      items.append(.entry(entry))
    case .gap(let first, let entries):
      guard let fresh = uncounted(entries, from: first) else { return refuse(.channelGap) }
      reached = fresh.reduce(reached) { $0.adding($1) }
      unproved += fresh
    case .turned(let last):
      guard reached.position >= last else { return refuse(.channelGap) }
      end = .more
    case .head(let head):
      end = head > reached.position ? .more : .caughtUp
    case .caughtUp(let at):
      end = .caughtUp
      // Another process of this profile has read further than the relay had when it answered.
      if at.position < reached.position, at.position >= asked, unproved.isEmpty { return true }
      guard at.position == reached.position else { return refuse(.channelGap) }
      guard at.chain == reached.chain else { return contradict() }
      prove()
    case .heartbeat, .bye, .refused: break
    }
    return true
  }

  private mutating func prove() {
    fits = true
    if !unproved.isEmpty { items.append(.gap(unproved)) }
    unproved = []
    proved = reached.position
  }

  private mutating func refuse(_ code: EngineError.Code) -> Bool {
    end = .fault(code)
    return false
  }

  private mutating func contradict() -> Bool {
    isContradicted = true
    return refuse(.relayInconsistent)
  }

  /// The hashes of a gap that are not counted yet; nil if it begins behind a position left out.
  private func uncounted(_ entries: [EntryHash], from first: Position) -> [EntryHash]? {
    guard let next = reached.position.next, first <= next else { return nil }
    let known = next.value - first.value
    return known >= UInt64(entries.count) ? [] : Array(entries[Int(known)...])
  }
}
