// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayProtocol

/// A relay under load, over its own socket, with its own disk.
struct RelayBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay", abstract: "Durable appends, reads and pushes of an alcove-relay.",
    discussion: """
      A figure stands beside the flush of the same moment; a run whose controls before and after differ
      by more than 30 % is thrown away and counted. Appends are durable before they are answered.
      """)

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Seconds for each row.") var seconds = 5
  @Option(help: "Channels in the store, over which the appends go.") var channels = 10_000
  @Option(help: "Store of the measurement of readiness, in MiB.") var readyMib = 256

  func run() throws {
    let place = directory + "/.alcove-bench-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: place) }
    // Asked before the load begins, which keeps the cores busy itself.
    let report = RelayReport(control: FlushControl(directory: place), isBusy: Machine.isBusy)
    try PrimitiveControl.measure().print("control")
    var relay = try RelayProcess(executable: executable, directory: place + "/relay")
    defer { relay.stop() }
    let load = Load(port: relay.port)
    defer { load.stop() }

    let best = try closedLoop(load, report)
    try openLoop(load, report, best: best)
    try reading(load, report)
    try readiness(&relay, report, place)
    print("kept-alive HTTP/1.1, load generator on the same cores; latencies of the open loop count")
    print("from when a request was due")
  }

  /// Appends as fast as they are answered; the rate of the most clients.
  private func closedLoop(_ load: Load, _ report: RelayReport) throws -> Double {
    var table = RelayReport.appendTable("closed loop")
    var best = 0.0
    for (clients, kib) in [(1, 1), (8, 1), (32, 1), (128, 1), (128, 4)] {
      var filled = try load.channels(max(channels, clients), envelopeBytes: kib << 10)
      let run = try report.control.steadily {
        let (outcome, time) = try load.appends(&filled, clients: clients, for: .seconds(seconds))
        return (Double(outcome.histogram.total - outcome.refused) / time.seconds, outcome)
      }
      if kib == 1 { best = max(best, run.figure.0) }
      report.add(
        "\(clients) client\(clients == 1 ? "" : "s"), \(kib) KiB", run,
        RelayTarget.append(clients: clients, kib: kib), to: &table)
    }
    table.print()
    return best
  }

  /// Appends at a steady rate, however long each takes.
  private func openLoop(_ load: Load, _ report: RelayReport, best: Double) throws {
    var table = RelayReport.appendTable("open loop, 128 connections")
    var filled = try load.channels(channels, envelopeBytes: 1 << 10)
    for share in [25, 50, 75] {
      let rate = best * Double(share) / 100
      let run = try report.control.steadily {
        let (outcome, time) = try load.appends(
          &filled, clients: 128, .open(perSecond: rate), for: .seconds(seconds))
        return (Double(outcome.histogram.total - outcome.refused) / time.seconds, outcome)
      }
      report.add("\(share) % of the most, 1 KiB", run, nil, to: &table)
    }
    table.print()
  }

  private func reading(_ load: Load, _ report: RelayReport) throws {
    var table = FigureTable(
      "reading", "per second", "p50 us", "p99 us", "flush us", "run", "target", "")
    var filled = try load.channels(16, envelopeBytes: 1 << 10)
    let (outcome, _) = try load.appends(&filled, clients: 16, for: .seconds(2))
    let each = outcome.histogram.total / filled.count
    let caughtUp = try report.control.steadily {
      try load.catchUp(filled[...], each: each, envelopeBytes: 1 << 10)
    }
    table.add(
      "catch-up, envelopes of 1 KiB", figure(caughtUp.figure, 0), "", "",
      figure(caughtUp.control.microseconds, 0), caughtUp.note, ">= 60000",
      report.judge(caughtUp.figure >= 60_000, control: caughtUp.control))
    let pushed = try report.control.steadily { try load.pushes(count: 500, envelopeBytes: 1 << 10) }
    let (p50, p99) = (pushed.figure.percentile(0.5), pushed.figure.percentile(0.99))
    table.add(
      "append until seen by a follower (\(pushed.figure.total) seen)", "", figure(p50, 0),
      figure(p99, 0), figure(pushed.control.microseconds, 0), pushed.note,
      "p50 <= 2000, p99 <= 10000",
      report.judge(p50 <= 2_000 && p99 <= 10_000, control: pushed.control))
    table.print()
  }

  /// From the start of the process to the first answer.
  private func readiness(
    _ relay: inout RelayProcess, _ report: RelayReport, _ place: String
  ) throws {
    let load = Load(port: relay.port)
    var filled = try load.channels(64, envelopeBytes: 256 << 10)
    let start = Self.bytes(place + "/relay")
    while Self.bytes(place + "/relay") - start < readyMib << 20 {
      _ = try load.appends(&filled, clients: 16, for: .seconds(1))
    }
    load.stop()
    relay.stop()
    let mebibytes = Self.bytes(place + "/relay") >> 20
    let run = try report.control.steadily(attempts: 1) {
      let began = ContinuousClock.now
      relay = try RelayProcess(executable: executable, existing: place + "/relay")
      return (ContinuousClock.now - began).seconds
    }
    var table = FigureTable("starting", "seconds", "flush us", "target", "")
    table.add(
      "ready on a store of \(mebibytes) MiB", figure(run.figure, 2),
      figure(run.control.microseconds, 0), "<= 3",
      report.judge(run.figure <= 3, control: run.control))
    table.print()
  }

  private static func bytes(_ directory: String) -> Int {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return files.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/" + name)
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
  }
}
