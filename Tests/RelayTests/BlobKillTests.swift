// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import RelayProtocol
import Synchronization
import Testing

/// A part that was acknowledged is there, whenever the process dies and whatever the disk does.
@Suite(.serialized) struct BlobKillTests {
  private static let count: UInt64 = 48

  /// The parts that clients were told are there.
  private final class Ledger: Sendable {
    private let indices = Mutex<Set<UInt64>>([])
    var all: Set<UInt64> { indices.withLock { $0 } }
    func note(_ index: UInt64) { indices.withLock { _ = $0.insert(index) } }
  }

  private static func part(_ index: UInt64) -> [UInt8] {
    [UInt8](repeating: UInt8(index + 1), count: PartIndex.partLength)
  }

  private static func parts(_ answer: RawResponse) throws -> PartSet {
    let bytes = try #require(answer["alcove-parts"].flatMap { Base64URL.decode($0) })
    return try #require(PartSet(bytes: bytes))
  }

  @Test func `no acknowledged part is missing after kills under load, and no file is left over`()
    async throws
  {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    let log = folder.appending(path: "log")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    let member = try TestMember(seed: 7)
    let blob = BlobID(random: member.random)
    let ledger = Ledger()
    let kills = 6
    for round in 0..<kills {
      let relay = try RelayProcess(serving: home, log: log)
      if round == 0 { #expect(try await relay.ask(member.create()).status == 201) }
      let there = try Self.parts(try await relay.ask(member.makeBlob(blob)))
      #expect(ledger.all.allSatisfy { there.contains(PartIndex($0)!) })
      let before = ledger.all.count
      await withTaskGroup(of: Void.self) { tasks in
        for client in 0..<4 as Range<UInt64> {
          tasks.addTask {
            try? await RawConnection.open(relay.port) { connection in
              for index in stride(from: client, to: Self.count, by: 4)
              where !ledger.all.contains(index) {
                let answer = try await connection.ask(
                  member.part(blob, "\(index)", Self.part(index)))
                #expect(answer.status == 204)
                ledger.note(index)
              }
            }
          }
        }
        while ledger.all.count < min(before + 3 + round % 3, Int(Self.count)) {
          try? await Task.sleep(for: .milliseconds(2))
        }
        relay.send(SIGKILL)
      }
      #expect(relay.wait() == SIGKILL)
    }

    let relay = try RelayProcess(serving: home, log: log)
    let there = try Self.parts(try await relay.ask(member.makeBlob(blob)))
    for index in 0..<Self.count where !there.contains(PartIndex(index)!) {
      #expect(!ledger.all.contains(index))
      #expect(try await relay.ask(member.part(blob, "\(index)", Self.part(index))).status == 204)
    }
    #expect(try await relay.ask(member.seal(blob, (0..<Self.count).map(Self.part))).status == 204)
    for index in 0..<Self.count {
      let start = index << 20
      let range = try await relay.ask(member.readBlob(blob, "bytes=\(start)-\(start + 9)"))
      #expect(range.body == [UInt8](repeating: UInt8(index + 1), count: 10))
    }
    // The sweeper has looked at the folder once more since the start.
    let place = home.appending(path: "relay.sqlite-blobs").path
    var files = 0
    for _ in 0..<500 {
      files = try FileManager.default.subpathsOfDirectory(atPath: place).count { $0 != "tmp" }
      if files == Int(Self.count) { break }
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(files == Int(Self.count))
    relay.send(SIGTERM)
    #expect(relay.wait() == 0)
    #expect(try RelayProcess.run(["check", "--directory", home.path, "--port", "0"]).status == 0)
  }

  @Test(.enabled(if: Tool.strace.isExpected, "strace is not installed"))
  func `a part whose flush fails is not acknowledged, and can be sent again`() async throws {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    // The database flushes by `fdatasync`, parts and their folder by `fsync`.
    let relay = try RelayProcess(
      serving: home, log: folder.appending(path: "log"), injecting: "error=EIO:when=1..4",
      into: "fsync")
    let member = try TestMember(seed: 1)
    let blob = BlobID(random: member.random)
    #expect(try await relay.ask(member.create()).status == 201)
    #expect(try await relay.ask(member.makeBlob(blob)).status == 201)
    var refused = 0
    while true {
      let answer = try await relay.ask(member.part(blob, "0", Self.part(0)))
      if answer.status == 204 { break }
      #expect(answer.status == 503 && answer.problem == "unavailable")
      #expect(try Self.parts(try await relay.ask(member.makeBlob(blob))).count == 0)
      refused += 1
      try #require(refused < 10)
    }
    #expect(refused > 0)
    #expect(try Self.parts(try await relay.ask(member.makeBlob(blob))).count == 1)
    let place = home.appending(path: "relay.sqlite-blobs").path
    #expect(try FileManager.default.subpathsOfDirectory(atPath: place).count { $0 != "tmp" } == 1)
    relay.send(SIGTERM)
    relay.wait()
  }
}
