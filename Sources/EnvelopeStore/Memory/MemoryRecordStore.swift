// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Primitives

/// A store for the simulator: transactions as on a disk, without one.
///
/// It models what a store with full flushes promises: a transaction is durable when its call
/// returns, and lost when the process dies before. The crash hook is called at every
/// ``MemoryStep``; when it throws, this handle is dead, every later call is ``StoreError/closed``,
/// and a new handle over the same ``MemoryDisk`` finds the last committed state.
public final class MemoryRecordStore: RecordStore {
  /// May throw whatever the simulator takes for the death of a process.
  public typealias CrashHook = @Sendable (MemoryStep) throws -> Void

  /// What survives this handle.
  public let disk: MemoryDisk
  private let random: any RandomSource
  private let sealing: RecordSealing
  private let crashHook: CrashHook?
  // Recursive only to notice a transaction inside a transaction instead of hanging for ever.
  private let lock = NSRecursiveLock()
  private let storage: MemoryRows
  // Guarded by `lock`.
  private nonisolated(unsafe) var isClosed = false
  private nonisolated(unsafe) var isBusy = false

  /// Opens a disk.
  public init(
    disk: MemoryDisk = MemoryDisk(), random: any RandomSource,
    sealing: RecordSealing = .openForSimulation, crashHook: CrashHook? = nil
  ) {
    self.disk = disk
    self.random = random
    self.sealing = sealing
    self.crashHook = crashHook
    storage = MemoryRows(disk)
  }

  @discardableResult
  public func transaction<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer {
    try exclusively {
      let transaction = RecordTransaction(
        rows: storage, keys: keys, random: random, sealing: sealing, writable: true)
      defer { transaction.finish() }
      do {
        let answer = try body(transaction)
        try step(.beforeCommit)
        storage.commit()
        try step(.afterCommit)
        return answer
      } catch {
        storage.rollBack()
        throw error
      }
    }
  }

  public func read<Answer>(
    _ keys: any RecordKeyRing, _ body: (RecordTransaction) throws -> Answer
  ) throws -> Answer {
    try exclusively {
      let transaction = RecordTransaction(
        rows: storage, keys: keys, random: random, sealing: sealing, writable: false)
      defer { transaction.finish() }
      return try body(transaction)
    }
  }

  public func eraseTraces() throws(StoreError) {
    do {
      try exclusively {
        try step(.beforeErase)
        storage.eraseTraces()
        try step(.afterErase)
      }
    } catch let error as StoreError {
      throw error
    } catch {
      throw .closed
    }
  }

  public func checkIntegrity(_ keys: any RecordKeyRing) throws(StoreError) {
    do {
      try read(keys) { try $0.openEverything() }
    } catch {
      throw error as? StoreError ?? .integrity
    }
  }

  public func close() throws(StoreError) {
    lock.lock()
    defer { lock.unlock() }
    unsafe isClosed = true
  }

  private func exclusively<Answer>(_ body: () throws -> Answer) throws -> Answer {
    lock.lock()
    defer { lock.unlock() }
    if unsafe isClosed { throw StoreError.closed }
    // Another process would wait here for the outer transaction, which waits for it.
    if unsafe isBusy { throw StoreError.busy }
    unsafe isBusy = true
    defer { unsafe isBusy = false }
    return try body()
  }

  private func step(_ step: MemoryStep) throws {
    do { try crashHook?(step) } catch {
      unsafe isClosed = true
      throw error
    }
  }
}
