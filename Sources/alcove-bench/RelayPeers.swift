// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// What others take for the same: 1 KiB, durable before the answer, on the same disk in the same run.
struct RelayPeers {
  let directory: String
  let seconds: Int

  /// Rows of 1 KiB per second, so many in each durable transaction of a plain SQLite table.
  func sqlite(batch: Int) throws -> Double {
    let place = try fresh()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let path = place + "/store.sqlite"
    var configuration = Configuration()
    configuration.journalMode = .wal
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16384;
          CREATE TABLE row (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
          """)
    }
    let data = Data((0..<1_024).map { UInt8(truncatingIfNeeded: $0) })
    var count = 0
    let start = ContinuousClock.now
    while ContinuousClock.now - start < .seconds(seconds) {
      try queue.write { database in
        let statement = try database.cachedStatement(sql: "INSERT INTO row (data) VALUES (?)")
        for _ in 0..<batch { try statement.execute(arguments: [data]) }
      }
      count += batch
    }
    return Double(count) / (ContinuousClock.now - start).seconds
  }

  /// Entries of 1 KiB per second added to the streams of a Redis server that flushes each; nil where
  /// there is no `redis-server`.
  func redis(clients: Int) throws -> Double? {
    let executable = "/usr/bin/redis-server"
    guard FileManager.default.isExecutableFile(atPath: executable) else { return nil }
    let port = 20_000 + Int(ProcessInfo.processInfo.processIdentifier % 10_000)
    let place = try fresh()
    defer { try? FileManager.default.removeItem(atPath: place) }
    let server = Process()
    server.executableURL = URL(filePath: executable)
    server.arguments = [
      "--port", "\(port)", "--bind", "127.0.0.1", "--dir", place, "--save", "",
      "--appendonly", "yes", "--appendfsync", "always",
    ]
    server.standardOutput = FileHandle.nullDevice
    try server.run()
    defer {
      // It has the signals blocked of the thread that began it, but for this one.
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    let body = [UInt8](repeating: 0x5A, count: 1_024)
    let requests = (0..<10_000).map {
      RedisExchange.command(
        [Array("XADD".utf8), Array("channel:\($0)".utf8), Array("*".utf8), Array("e".utf8), body])
    }
    let loop = try connected { try LoadLoop<RedisExchange>(port: port, connections: clients) }
    var next = 0
    let start = ContinuousClock.now
    let outcome = try loop.run { _ in
      guard ContinuousClock.now - start < .seconds(seconds) else { return nil }
      next = (next + 1) % requests.count
      return requests[next]
    }
    guard outcome.refused == 0 else { throw Load.Refused(status: outcome.refusal ?? 0) }
    return Double(outcome.histogram.total) / (ContinuousClock.now - start).seconds
  }

  /// A directory of its own for each run: one that is there already would be loaded first.
  private func fresh() throws -> String {
    let place = directory + "/peer-\(UUID())"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    return place
  }

  /// A server that has just been started listens a moment later.
  private func connected<T>(_ body: () throws -> T) throws -> T {
    for _ in 0..<100 {
      if let result = try? body() { return result }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return try body()
  }
}
