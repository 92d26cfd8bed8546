// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
@testable import Engine
import EnvelopeStore
import KeyManagement
import MLS
import Primitives
import RelayLog
import RelayProtocol
import Synchronization
import Testing

/// A profile on a simulated device that can crash and come back.
final class Someone: Sendable {
  let role: ConsentRole
  let disk: MemoryDisk
  let vault: UnsealedTestVault
  let network: TestNetwork
  let clock: TestClock
  let random: SeededRandom
  let words: String
  private let crash = Mutex<@Sendable (String) throws -> Void>({ _ in })

  struct Crash: Error {}

  init(
    _ role: ConsentRole, _ relay: MemoryRelay, _ clock: TestClock, seed: UInt64,
    address: String = "http://127.0.0.1:8080"
  ) throws {
    self.role = role
    self.clock = clock
    random = SeededRandom(seed: seed)
    network = TestNetwork(relay)
    disk = MemoryDisk()
    let recovery = try RecoveryWords(random: random)
    words = recovery.words().joined(separator: " ")
    vault = try UnsealedTestVault(
      role: role == .therapist ? .therapist : .client, words: recovery, random: random,
      at: clock.now())
    try alcove.createProfile(
      NewProfile(
        role: role, name: role == .therapist ? "Dr. Ines Albrecht" : "Mara",
        relay: role == .therapist ? address : nil))
  }

  private init(copying other: Someone, seed: UInt64) {
    role = other.role
    clock = other.clock
    words = other.words
    vault = other.vault
    network = other.network
    random = SeededRandom(seed: seed)
    disk = other.disk.copy()
  }

  /// The whole profile once more, as somebody has it who copies the folder.
  func copied() -> Someone { Someone(copying: self, seed: 99) }

  /// A handle on the profile as a new process opens it.
  var alcove: Alcove { alcove(over: network) }

  func alcove(over relays: any RelayConnecting) -> Alcove {
    let hook = crash.withLock { $0 }
    return Alcove(
      store: MemoryRecordStore(disk: disk, random: random, crashHook: { try hook("store \($0)") }),
      vault: vault, clock: clock, random: random, relays: relays, suite: .x25519ChaCha20,
      crash: { try hook("engine \($0)") })
  }

  /// Calls `hook` at every point at which a process could end; what it throws is the end.
  func atEachPoint(_ hook: @escaping @Sendable (String) throws -> Void) {
    crash.withLock { $0 = hook }
  }

  func neverCrash() { atEachPoint { _ in } }

  @discardableResult
  func sync(_ location: SourceLocation = #_sourceLocation) async throws -> SyncReport {
    let report = try await alcove.sync()
    for obstacle in report.obstacles {
      Issue.record(
        "\(role) meets \(obstacle.error) with \(obstacle.name)", sourceLocation: location)
    }
    return report
  }

  func texts(_ name: LocalName) throws -> [String] {
    try alcove.read(name, ReadSelection(marking: .unchanged)).messages.map(\.text)
  }
}
