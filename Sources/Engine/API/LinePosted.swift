// SPDX-License-Identifier: Apache-2.0

public import Consent

/// What became of a consent line signed on this device.
public struct LinePosted: Sendable {
  public let kind: LineKind
  /// Its number in the ledger; nil while it waits to be carried.
  public let index: Int?
  /// Why it waits; it is signed and kept, a withdrawal binds this device, and a later `sync` carries it
  /// unless the channel has stopped for good.
  public let obstacle: EngineError?
}
