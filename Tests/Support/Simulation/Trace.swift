// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What happened in one seed, step by step.
///
/// It names people, positions and kinds, never bytes: the same seed gives the same lines, although what
/// was encrypted differs from run to run.
final class Trace: Sendable {
  enum Telling { case kept, printed }

  private let lines = Mutex<[String]>([])
  private let telling: Telling

  init(_ telling: Telling) { self.telling = telling }

  func note(_ depth: Int, _ line: String) {
    let line = String(repeating: "  ", count: depth) + line
    lines.withLock { $0.append(line) }
    if telling == .printed { print(line) }
  }

  var text: [String] { lines.withLock { $0 } }
}
