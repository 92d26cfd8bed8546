// SPDX-License-Identifier: Apache-2.0

import Engine
import EnvelopeStore
import KeyManagement
import Primitives
import RelayClient
import RelayProtocol

/// An opened profile: vault and store under the engine.
struct Session: Sendable {
  let alcove: Alcove
  let vault: SealedVault
  private let store: SQLiteRecordStore

  /// Opens the store beside a vault that is open.
  init(_ vault: SealedVault, _ places: Directories, opening: SQLiteRecordStore.Opening = .existing)
    throws(Failure)
  {
    do throws(StoreError) {
      let lock = ProfileLock(path: places.lock)
      store = try SQLiteRecordStore(
        path: places.store, lock: lock, opening: opening, random: SystemRandom())
    } catch {
      throw Failure(error)
    }
    self.vault = vault
    alcove = Alcove(
      store: store, vault: vault, clock: SystemClock(), random: SystemRandom(),
      relays: HTTPRelays())
  }

  /// Empties the log of the store; a failure here loses nothing.
  func close() async { closeStore() }

  func closeStore() { try? store.close() }

  // MARK: Is there one?

  static func requireProfile(_ tool: Tool) throws(Failure) {
    let facts: Files.Facts?
    do throws(SystemFailure) {
      facts = try Files.facts(tool.directories.vault)
    } catch {
      throw Failure(error, path: tool.directories.vault)
    }
    guard facts != nil else {
      try requireNoStore(tool)
      var failure = Failure(EngineError(.noProfile))
      if tool.directories.profile != "default" {
        failure.message = "there is no profile \"\(tool.directories.profile)\" here yet"
        failure.next = ["alcove --profile \(tool.directories.profile) init", "alcove paths"]
      }
      throw failure
    }
  }

  static func requireNone(_ tool: Tool) throws(Failure) {
    guard (try? Files.facts(tool.directories.vault)) == nil else {
      throw Failure(EngineError(.profileExists))
    }
    try requireNoStore(tool)
  }

  /// A store without its vault is what is left of a profile: neither one to use nor room for a new one.
  private static func requireNoStore(_ tool: Tool) throws(Failure) {
    guard let store = try? Files.facts(tool.directories.store), store.kind == .file else { return }
    throw Failure(
      .vaultDamaged, "the vault is missing, though the store beside it is there",
      next: ["put back \(Shell.quoted(tool.directories.vault)) from a copy", "alcove paths"])
  }
}

/// Relays over HTTP.
struct HTTPRelays: RelayConnecting {
  func connection(to address: RelayAddress) throws -> any RelayConnection {
    try RelayClient(address)
  }
}

/// The computer's clock.
struct SystemClock: EngineClock {
  func now() -> Int64 { LocalTime.now.seconds }
}
