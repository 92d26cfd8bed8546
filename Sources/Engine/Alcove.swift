// SPDX-License-Identifier: Apache-2.0

public import EnvelopeStore
public import KeyManagement
public import MLS
public import Primitives

/// One person's profile on one device: what an app embeds.
///
/// It holds no state of its own but a memo of what it has parsed. Every function reads the sealed store,
/// computes, and writes the store again in one transaction; what goes to a relay was durable before. Two values over the same profile,
/// in one process or in two, are therefore safe, and so is the end of a process at any point.
///
/// Everything it stands on is passed in: there is no clock, randomness, network or file beneath it that
/// a test could not replace.
public struct Alcove: Sendable {
  let store: any RecordStore
  let vault: any KeyVault
  let clock: any EngineClock
  let random: any RandomSource
  let relays: any RelayConnecting
  let suite: CipherSuite
  let crash: @Sendable (EnginePoint) throws -> Void
  let ledgers = LedgerMemo()

  /// A profile over a store and a vault that are already open.
  ///
  /// - Parameters:
  ///   - suite: The suite of groups that this profile founds; those it joins have the suite of the offer.
  ///   - crash: Called at every ``EnginePoint``; what it throws ends the run as a crash would, with
  ///     ``EngineError/Code/crashed``.
  public init(
    store: any RecordStore, vault: any KeyVault, clock: any EngineClock,
    random: any RandomSource, relays: any RelayConnecting,
    suite: CipherSuite = .hybridAES256,
    crash: @escaping @Sendable (EnginePoint) throws -> Void = { _ in }
  ) {
    self.store = store
    self.vault = vault
    self.clock = clock
    self.random = random
    self.relays = relays
    self.suite = suite
    self.crash = crash
  }
}
