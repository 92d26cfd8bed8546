// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
import Engine
import EnvelopeStore
import Foundation
import KeyManagement
import MLS
import Primitives
import RelayProtocol
import Synchronization
import WireFormat

/// A profile on a simulated device: what survives its processes.
final class Device: Sendable {
  let index: Int
  let role: ConsentRole
  let clock: DeviceClock
  let random: SeededRandom
  let vault: UnsealedTestVault
  let words: String
  private let suite: CipherSuite
  private let disk: MemoryDisk?
  private let path: String?
  private let file = Mutex<SQLiteRecordStore?>(nil)

  /// - Parameter directory: Where the real store lies; nil for a store in memory and the light suite.
  init(
    _ index: Int, seed: UInt64, time: SimulatedTime, skew: Int64, directory: String?
  ) throws {
    self.index = index
    role = index == 0 ? .therapist : .client
    clock = DeviceClock(time: time, skew: skew)
    random = SeededRandom(seed: seed)
    let recovery = try RecoveryWords(random: random)
    words = recovery.words().joined(separator: " ")
    vault = try UnsealedTestVault(
      role: role == .therapist ? .therapist : .client, words: recovery, random: random,
      at: clock.now())
    if let directory {
      suite = .hybridAES256
      disk = nil
      path = directory + "/\(index)"
    } else {
      suite = .x25519ChaCha20
      disk = MemoryDisk()
      path = nil
    }
  }

  var name: String { role == .therapist ? "T" : "C\(index)" }

  /// The profile as a new process opens it.
  func open(
    _ process: SimulatedProcess, relays: any RelayConnecting,
    reach: @escaping @Sendable (String) throws -> Void
  ) throws -> Alcove {
    Alcove(
      store: try store(process, reach), vault: vault, clock: clock, random: random, relays: relays,
      suite: suite, crash: { try reach($0.rawValue) })
  }

  private func store(
    _ process: SimulatedProcess, _ reach: @escaping @Sendable (String) throws -> Void
  ) throws -> any RecordStore {
    if let disk {
      return MemoryRecordStore(
        disk: disk, random: random, crashHook: { try reach(String(describing: $0)) })
    }
    return MortalStore(inner: try opened(), process: process, reach: reach)
  }

  /// The store itself, for whoever looks at what lies on the disk.
  func opened() throws -> any RecordStore {
    if let disk { return MemoryRecordStore(disk: disk, random: random) }
    return try file.withLock { file in
      if let file { return file }
      let path = path ?? ""
      let opened = try SQLiteRecordStore(
        path: path + ".sqlite", lock: ProfileLock(path: path + ".lock"),
        opening: FileManager.default.fileExists(atPath: path + ".sqlite") ? .existing : .creating,
        random: random)
      file = opened
      return opened
    }
  }

  /// After the end of a process the file is opened afresh, as the next one does.
  func forgetOpenFile() { file.withLock { $0 = nil } }

  func keys() throws -> DataKeys {
    var ring = DataKeys()
    for key in try vault.dataKeys() {
      guard let owner = RecordOwner(key.owner.bytes) else { continue }
      try ring.add(key.key, for: owner, generation: KeyGeneration(key.generation))
    }
    return ring
  }

  // MARK: What lies on the disk

  /// Every relationship's owner of records.
  func relationships() throws -> [RecordOwner] {
    guard let profile = RecordOwner(vault.profileOwner.bytes) else { return [] }
    return try opened().read(try keys()) { tx in
      try tx.keys(.relationship, profile).compactMap { RecordOwner($0.bytes) }
    }
  }

  /// The length of the ledger to which each epoch of a relationship was bound, and its head.
  func bindings(_ owner: RecordOwner) throws -> [UInt64: ConsentExtension] {
    try opened().read(try keys()) { tx in
      var bindings: [UInt64: ConsentExtension] = [:]
      for record in try tx.scan(.epochHead, owner) {
        guard let epoch = record.key.number else { continue }
        bindings[epoch] = try ConsentExtension(wireBytes: record.bytes)
      }
      return bindings
    }
  }

  /// How many of a channel's entries were read, by what is kept of them for a relay that loses something.
  func readEnd(of entries: [EnvelopeEntry]) throws -> Int {
    let owners = try relationships()
    return try opened().read(try keys()) { tx in
      for owner in owners {
        guard let newest = try tx.last(.tail, owner), let number = newest.key.number,
          let end = Int(exactly: number), entries.indices.contains(end - 1),
          // A version, and then the envelope's id.
          newest.bytes.dropFirst().starts(with: entries[end - 1].id.bytes)
        else { continue }
        return end
      }
      return 0
    }
  }

  /// The withdrawals that are signed here and not landed, over all relationships, those to come among them.
  func waitingWithdrawals() throws -> [Withdrawal] {
    try opened().read(try keys()) { tx in
      try tx.owners().flatMap { owner in
        try tx.scan(.waitingLine, owner).compactMap { record -> Withdrawal? in
          var reader = WireReader(record.bytes)
          _ = try reader.readOpaque()
          _ = try reader.readUInt8()
          let line = try UnverifiedLine(try reader.readOpaque())
          if case .withdraw(let withdrawal) = line.body { return withdrawal } else { return nil }
        }
      }
    }
  }
}
