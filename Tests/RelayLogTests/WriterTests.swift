// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// The one thread that writes: its bounds, and what others may do to it.
@Suite(.serialized) struct WriterTests {
  @Test func `a checkpoint is due at 64 MiB, and every fourth one waits for readers`() {
    var checkpoints = Checkpoints()
    #expect(checkpoints.due(logPages: Checkpoints.largeLog - 1) == nil)
    #expect(checkpoints.due(logPages: Checkpoints.largeLog) == .passive)
    // A reader stood in the way: not again at the very next commit.
    #expect(checkpoints.due(logPages: Checkpoints.largeLog + 1) == nil)
    var pages = Checkpoints.largeLog
    for mode in [Checkpoints.Mode.passive, .passive, .restart, .passive] {
      pages += Checkpoints.pause
      #expect(checkpoints.due(logPages: pages) == mode)
    }
    // The log began anew.
    #expect(checkpoints.due(logPages: 3) == nil)
    #expect(checkpoints.due(logPages: Checkpoints.largeLog) == .passive)
  }

  @Test func `the write-ahead log stays bounded however much is written`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let body = [UInt8](repeating: 0x5A, count: 1 << 20)
    for _ in 0..<150 {
      _ = try await store.append(
        Append(
          channel: member.channel, token: member.token, id: EnvelopeID(random: place.random),
          envelope: body))
    }
    let attributes = try FileManager.default.attributesOfItem(atPath: place.path + "-wal")
    let size = try #require((attributes[.size] as? NSNumber)?.intValue)
    #expect(size < 72 << 20)
  }

  @Test func `appends beyond the queue are turned away, and those in it are kept`() async throws {
    let place = try TemporaryStore()
    let (store, first) = try await place.channel()
    defer { store.stop() }
    // So many that none has more in the queue than one token may.
    var members = [first]
    for _ in 1..<90 {
      let member = try Member(place.random)
      _ = try await store.create(member.new)
      members.append(member)
    }
    // Somebody holds the database.
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    // The writer may be at its housekeeping.
    configuration.busyMode = .timeout(10)
    let holder = try DatabaseQueue(path: place.path, configuration: configuration)
    try await holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    let body = [UInt8](repeating: 1, count: 1_024)
    let random = place.random
    let results = try await withThrowingTaskGroup(of: RelayError?.self) { group in
      for number in 0..<4_500 {
        let member = members[number % members.count]
        group.addTask {
          do throws(RelayError) {
            _ = try await store.append(
              Append(
                channel: member.channel, token: member.token, id: EnvelopeID(random: random),
                envelope: body))
            return nil
          } catch {
            return error
          }
        }
      }
      // Nobody is answered while the database is held, but who finds the queue full.
      var results: [RelayError?] = []
      while let result = try await group.next() {
        if results.isEmpty {
          try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        }
        results.append(result)
      }
      return results
    }
    try holder.close()
    let taken = results.count { $0 == nil }
    let turnedAway = results.count { $0 == .refused(.overloaded) }
    // On a slow machine the writer's patience may end first.
    let late = results.count { $0 == .refused(.unavailable) }
    #expect(taken + turnedAway + late == 4_500)
    #expect(turnedAway > 0)
    var kept = 0
    for member in members { kept += try await store.read(member).entries.count }
    #expect(kept == taken)
  }
}
