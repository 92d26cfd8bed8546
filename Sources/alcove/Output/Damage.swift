// SPDX-License-Identifier: Apache-2.0

import Engine

extension Console {
  /// Says that what is kept of one person is damaged; the command goes on with the next.
  func warn(damage error: EngineError) { warn(Printable.line(shown(error).message)) }
}

extension Session {
  /// Whose records are damaged: a command about everybody leaves them out, and ends with this.
  func requireNobodyDamaged() throws {
    guard let damaged = try alcove.people().first(where: { $0.state == .damaged }) else { return }
    throw Failure(damaged.trouble ?? EngineError(.storeDamaged, about: damaged.name.text))
  }
}
