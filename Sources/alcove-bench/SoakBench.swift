// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Synchronization

/// Everything at once for a long time, and what grows meanwhile.
struct SoakBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "soak", abstract: "A mix of all requests for a long time; what grows meanwhile.",
    discussion: """
      Appends at a steady rate, channels that come and go, followers that come and go, readers, wrong
      tokens, and connections that are left in the middle of a request. Every second memory, open files
      and the write-ahead log are looked at; the slopes are those of the second half. Something grows
      when its slope is beyond three standard errors and would add more than a twentieth in this time.
      """)

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "Minutes.") var minutes = 10.0
  @Option(help: "A directory on the disk to use.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Appends a second.") var rate = 400

  private struct Sample {
    var time: Double
    var memory: Double
    var files: Double
    var log: Double
  }

  func run() throws {
    let place = try BenchPlace(directory)
    defer { place.remove() }
    LoadSocket.takeFiles()
    let home = place.path + "/relay"
    let relay = try RelayProcess(executable: executable, directory: home)
    defer { relay.stop() }
    let end = ContinuousClock.now + .seconds(minutes * 60)
    let appended = appending(relay.port, until: end)
    var samples: [Sample] = []
    var rounds = 0
    let start = ContinuousClock.now
    while .now < end {
      try disturb(relay.port, round: rounds)
      rounds += 1
      samples.append(
        Sample(
          time: (ContinuousClock.now - start).seconds,
          memory: Double(relay.residentBytes) / 1_048_576, files: Double(relay.openFiles),
          log: Double(Self.size(home + "/relay.sqlite-wal")) / 1_048_576))
      Thread.sleep(forTimeInterval: 0.5)
    }
    let outcome = try appended.wait()
    print(
      "\(outcome.histogram.total) appends, \(outcome.refused) refused, p99",
      "\(figure(outcome.histogram.percentile(0.99) / 1_000)) ms; \(rounds) rounds of everything else"
    )
    guard samples.count >= 6 else { return print("too short for slopes") }
    report(samples)
  }

  private func report(_ samples: [Sample]) {
    let half = Array(samples[(samples.count / 2)...])
    let hours = ((half.last?.time ?? 0) - (half.first?.time ?? 0)) / 3_600
    var table = FigureTable("what may grow", "first", "last", "slope an hour", "+-", "")
    for (title, part) in [
      ("resident memory, MiB", \Sample.memory), ("open files", \.files),
      ("write-ahead log, MiB", \.log),
    ] {
      let slope = Slope(half.map { ($0.time, $0[keyPath: part]) })
      let mean = half.reduce(0) { $0 + $1[keyPath: part] } / Double(half.count)
      let grows = slope.perHour > 3 * slope.error && slope.perHour * hours > mean / 20
      table.add(
        title, figure(samples[0][keyPath: part]), figure(samples.last?[keyPath: part] ?? 0),
        figure(slope.perHour), figure(slope.error), grows ? "GROWS" : "steady")
    }
    table.print()
  }

  /// Appends at a steady rate on a thread of their own.
  private func appending(_ port: Int, until end: ContinuousClock.Instant) -> Background {
    let rate = Double(rate)
    return Background {
      let load = Load(port: port)
      defer { load.stop() }
      var filled = try load.channels(1_000, envelopeBytes: 1 << 10)
      return try load.appends(&filled, clients: 16, .open(perSecond: rate), for: end - .now).0
    }
  }

  /// One round of everything else.
  private func disturb(_ port: Int, round: Int) throws {
    let load = Load(port: port)
    defer { load.stop() }
    // Channels that come, are written, followed, read, and go.
    var passing = try load.channels(8, envelopeBytes: 4 << 10)
    _ = try load.appends(&passing, clients: 8, .open(perSecond: 200), for: .milliseconds(200))
    let crowd = try FollowerCrowd(
      port: port, count: 40, follow: passing[0].follow(after: passing[0].count))
    _ = try crowd.wait(forFrame: FollowerCrowd.caughtUp, within: .seconds(5))
    _ = try load.catchUp(passing, envelopeBytes: 4 << 10)
    for channel in passing { try load.send(channel.closing) }
    let wind = Crosswind(
      Crosswind.Kind.allCases[round % Crosswind.Kind.allCases.count], port: port, connections: 100,
      target: passing[0])
    Thread.sleep(forTimeInterval: 0.3)
    wind.stop()
  }

  private static func size(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? Int) ?? 0
  }
}

/// One piece of work on a thread of its own.
private final class Background: Sendable {
  private let result = Mutex<Result<LoadOutcome, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () throws -> LoadOutcome) {
    Thread { [self] in
      let outcome = Result { try body() }
      result.withLock { $0 = outcome }
      done.signal()
    }.start()
  }

  func wait() throws -> LoadOutcome {
    done.wait()
    return try result.withLock { try $0?.get() ?? LoadOutcome() }
  }
}
