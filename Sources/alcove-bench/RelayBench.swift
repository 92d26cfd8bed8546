// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import RelayProtocol

/// A relay under load, over its own socket, with its own disk.
struct RelayBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay", abstract: "Durable appends, reads and pushes of an alcove-relay.")

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Seconds for each number of clients.") var seconds = 5
  @Option(help: "Size of an envelope in KiB.") var kib = 1

  private static let targets = [1: 2_000.0, 32: 9_000, 128: 12_000]

  func run() throws {
    let place = directory + "/.alcove-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: place) }
    let control = FlushControl(directory: place)
    // Asked before the load begins, which keeps the cores busy itself.
    let isBusy = Machine.isBusy
    try PrimitiveControl.measure().print("control")
    let relay = try RelayProcess(executable: executable, directory: place + "/relay")
    defer { relay.stop() }
    let load = Load(port: relay.port)
    defer { load.stop() }

    var table = FigureTable(
      "durable appends of \(kib) KiB", "per second", "p50 us", "p99 us", "refused", "flush us",
      "run", "target", "")
    var filled: (channels: [LoadChannel], each: Int) = ([], 0)
    for clients in [1, 8, 32, 128] {
      let run = try control.steadily { () -> (Double, LoadClient.Outcome) in
        let channels = try load.channels(clients, envelopeBytes: kib << 10)
        let (outcome, time) = try load.appends(channels, for: .seconds(seconds))
        filled = (channels, outcome.histogram.total / clients)
        return (Double(outcome.histogram.total - outcome.refused) / time.seconds, outcome)
      }
      let (rate, outcome) = run.figure
      // The targets hold for a disk that flushes in a quarter of a millisecond.
      let isFair = run.control <= .microseconds(250)
      let target = Self.targets[clients]
      table.add(
        "\(clients) client\(clients == 1 ? "" : "s")", figure(rate, 0),
        figure(outcome.histogram.percentile(0.5), 0), figure(outcome.histogram.percentile(0.99), 0),
        "\(outcome.refused)", figure(run.control.microseconds, 0), run.note,
        target.map { ">= \(figure($0, 0))" } ?? "",
        target.map {
          rate >= $0 || (isFair && !isBusy)
            ? verdict(rate >= $0) : isBusy ? "machine busy" : "flush too slow to judge"
        } ?? "")
    }
    table.print()

    var reads = FigureTable("reading", "per second", "p50 us", "p99 us", "flush us", "run")
    let caughtUp = try control.steadily {
      try load.catchUp(filled.channels, each: filled.each, envelopeBytes: kib << 10)
    }
    reads.add(
      "catch-up, envelopes", figure(caughtUp.figure, 0), "", "",
      figure(caughtUp.control.microseconds, 0), caughtUp.note)
    let pushed = try control.steadily { try load.pushes(count: 500, envelopeBytes: kib << 10) }
    reads.add(
      "append until seen by a follower (\(pushed.figure.total) seen)", "",
      figure(pushed.figure.percentile(0.5), 0), figure(pushed.figure.percentile(0.99), 0),
      figure(pushed.control.microseconds, 0), pushed.note)
    reads.print()
    print(
      "closed loop, kept-alive HTTP/1.1, one channel per client, load generator on the same cores")
  }
}
