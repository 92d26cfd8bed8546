// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Engine
import Foundation
import Glibc

/// What can happen in a chat, in one stream: keys, messages, the window, the end.
enum ChatInput: Sendable {
  case typed([UInt8])
  case ended
  case event(EngineEvent)
  /// The relay went away or came back.
  case obstacle(EngineError?)
  case resized
  /// A message was taken: it is at the relay, or kept.
  case sent(String, Sent)
  case notSent(Failure)
  /// Everything that was to be sent has been tried.
  case drained

  /// Reads a descriptor as bytes come, and tells of a changed window.
  static func reading(
    _ descriptor: Descriptor, into continuation: AsyncStream<ChatInput>.Continuation
  ) -> [any DispatchSourceProtocol] {
    let queue = DispatchQueue(label: "alcove.chat")
    guard isatty(descriptor.number) == 1 else {
      // A pipe is read by a thread that waits: its end can escape an event source.
      Thread.detachNewThread {
        while let bytes = try? descriptor.read(upTo: 4096), !bytes.isEmpty {
          continuation.yield(.typed(bytes))
        }
        continuation.yield(.ended)
      }
      return []
    }
    let keys = DispatchSource.makeReadSource(fileDescriptor: descriptor.number, queue: queue)
    keys.setEventHandler {
      guard let bytes = try? descriptor.read(upTo: 4096), !bytes.isEmpty else {
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
