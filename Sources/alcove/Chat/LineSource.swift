// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// The lines of an input, read as they are asked for: whoever writes them waits for whoever sends them.
final class LineSource: Sendable {
  private struct State {
    var cutter = LineCutter(limit: MessageText.limit)
    var isOver = false
  }

  private let descriptor: Descriptor
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "alcove.lines")

  init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  /// Nil at the end of the input.
  func next() async -> [UInt8]? {
    // On a queue of its own: a read waits, and tasks have few threads.
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.read()) }
    }
  }

  private func read() -> [UInt8]? {
    state.withLock { state in
      while true {
        if let line = state.cutter.next() { return line }
        if state.isOver { return state.cutter.rest() }
        let bytes = (try? descriptor.read(upTo: 65_536)) ?? []
        state.isOver = bytes.isEmpty
        state.cutter.feed(bytes)
      }
    }
  }
}
