// SPDX-License-Identifier: Apache-2.0

internal import RelayProtocol

/// Hashes at the end of a page, whose bodies are gone: the chain that bears them out comes with the next page.
struct UnprovedGap {
  let after: Position
  let entries: [EntryHash]
  let incarnation: Incarnation

  var last: Position { Position(after.value + UInt64(entries.count)) }

  /// The two as one answer. A relay that was restored in between has perhaps another log behind another gap:
  /// asked again, it shows one of them whole.
  func followed(by page: ReadAnswer) throws(EngineError) -> ReadAnswer {
    guard page.incarnation == incarnation else { throw EngineError(.relayInconsistent) }
    let gap = Frame(.gap(first: Position(after.value + 1), entries: entries))
    return ReadAnswer(frames: [gap] + page.frames, incarnation: incarnation)
  }
}
