// SPDX-License-Identifier: Apache-2.0

/// The moments between a durable write and the network, at which a test may end a process.
///
/// Whatever a profile promises must survive an end at every one of them.
public enum EnginePoint: String, CaseIterable, Sendable {
  /// Something to be posted is durable, and not one byte of it has left.
  case beforeAppend
  /// The relay has answered an append; the answer was not used.
  case afterAppend
  case beforeCreateChannel
  case afterCreateChannel
  case beforeRead
  /// Envelopes have arrived; nothing of them was written.
  case afterRead
  case beforeCloseChannel
  case afterCloseChannel
}
