// SPDX-License-Identifier: Apache-2.0

/// What became of a request for new keys.
public struct RotationResult: Sendable {
  /// Nil where what is kept of the relationship is damaged.
  public let epoch: UInt64?
  /// Nil once the new keys are in force; else why the commit waits. What the present channel can still do
  /// is done by a later `sync`.
  public let obstacle: EngineError?
}
