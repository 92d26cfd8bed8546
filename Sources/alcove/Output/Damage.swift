// SPDX-License-Identifier: Apache-2.0

import Engine

extension Console {
  /// Says that what is kept of one person is damaged; the command goes on with the next.
  func warn(damage error: EngineError) { warn(Printable.line(shown(error).message)) }

  /// Whose records are damaged: a command about everybody leaves them out, names them, and ends with this.
  func requireNone(damaged: [EngineError]) throws(Failure) {
    guard let first = damaged.first else { return }
    for error in damaged.dropFirst() { warn(damage: error) }
    throw Failure(first)
  }
}
