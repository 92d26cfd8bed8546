// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Engine
import Glibc

/// What can happen in a chat, in one stream: keys, messages, the window, the end.
enum ChatInput: Sendable {
  case typed([UInt8])
  /// The terminal is gone.
  case ended
  case event(EngineEvent)
  /// The relay went away or came back.
  case obstacle(EngineError?)
  case resized
  /// A message was taken: it is at the relay, or kept.
  case sent([UInt8], Sent)
  /// A message was refused: it is not kept.
  case notSent(Failure)
  /// Everything that was to be sent has been tried.
  case drained

  /// Reads the keys of a terminal as they come, and tells of a changed window.
  static func keys(
    of terminal: Descriptor, into continuation: AsyncStream<ChatInput>.Continuation
  ) -> [any DispatchSourceProtocol] {
    let queue = DispatchQueue(label: "alcove.chat")
    let keys = DispatchSource.makeReadSource(fileDescriptor: terminal.number, queue: queue)
    keys.setEventHandler {
      guard let bytes = try? terminal.read(upTo: 4096), !bytes.isEmpty else {
        continuation.yield(.ended)
        keys.cancel()
        return
      }
      continuation.yield(.typed(bytes))
    }
    signal(SIGWINCH, SIG_IGN)
    let window = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: queue)
    window.setEventHandler { continuation.yield(.resized) }
    keys.activate()
    window.activate()
    return [keys, window]
  }
}
