// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import EnvelopeStore
import Foundation
import Primitives

/// Sealed records on a disk.
struct StoreBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Sealed records in one transaction, and durable transactions.")

  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Records in the large transaction.") var records = 40_000
  @Option(help: "Durable transactions.") var transactions = 1_000

  func run() throws {
    let place = directory + "/.alcove-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: place) }
    let control = Control(directory: place)
    try PrimitiveControl.measure().print("control")

    let owner = RecordOwner(random: SystemRandom())
    let keys = try DataKeys(SystemRandom().secret(32), for: owner)
    let store = try SQLiteRecordStore(
      path: place + "/store.sqlite", lock: ProfileLock(path: place + "/lock"), opening: .creating,
      random: SystemRandom())
    let message = SystemRandom().bytes(300)
    var first: UInt64 = 0
    let written = try control.steadily {
      let start = first
      first += UInt64(records)
      return try Timing.once {
        try store.transaction(keys) { tx in
          for number in start..<first { try tx.put(message, .message, owner, RecordKey(number)) }
        }
      }
    }
    let read = try control.steadily {
      try Timing.once {
        try store.read(keys) { tx in
          var after: RecordRange = .all
          while let last = try tx.scan(.message, owner, after, limit: 256).last {
            after = .after(last.key)
          }
        }
      }
    }
    let state = SystemRandom().bytes(8_000)
    let single = try control.steadily {
      var histogram = Latencies()
      let total = try Timing.once {
        for _ in 0..<transactions {
          let time = try Timing.once {
            try store.transaction(keys) { tx in
              _ = try tx.get(.group, owner)
              try tx.put(state, .group, owner)
              try tx.put(message, .message, owner, RecordKey(first))
            }
          }
          first += 1
          histogram.record(time)
        }
      }
      return (total, histogram)
    }
    let erase = try control.steadily { try Timing.once { try store.eraseTraces() } }
    let stored = Double(first) - Double(transactions)
    try store.close()

    var table = FigureTable(
      "operation", "per second", "p50 us", "p99 us", "flush us", "run", "target", "")
    let rate = Double(records) / written.figure.seconds
    table.add(
      "sealed records of 300 B, one transaction", figure(rate, 0), "", "",
      figure(written.control.flush.microseconds, 0), written.note, ">= 20000",
      verdict(rate >= 20_000))
    table.add(
      "records opened by scans", figure(stored / read.figure.seconds, 0), "", "",
      figure(read.control.flush.microseconds, 0), read.note, "", "")
    table.add(
      "durable steps: read and write 8 kB state, 1 message",
      figure(Double(transactions) / single.figure.0.seconds, 0),
      figure(single.figure.1.percentile(0.5), 0), figure(single.figure.1.percentile(0.99), 0),
      figure(single.control.flush.microseconds, 0), single.note, "", "")
    table.add(
      "erasing traces, once", "", figure(erase.figure.microseconds, 0), "",
      figure(erase.control.flush.microseconds, 0), erase.note, "", "")
    table.print()
  }
}
