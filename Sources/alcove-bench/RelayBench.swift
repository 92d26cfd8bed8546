// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayProtocol
import Synchronization

/// A relay under load, over its own socket, with its own disk.
struct RelayBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relay", abstract: "Durable appends, reads and pushes of an alcove-relay.",
    discussion: """
      A figure stands beside the flush and the signature of the same moment; a run whose controls before
      and after differ by more than 30 % is thrown away and counted. Appends are durable before they are
      answered. The targets are for cores that sign in 17 us: "met at 17 us" is what a slower one would
      reach if it were as fast.
      """)

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case closed, open, tls, reading, crowd, comeback, ready, peers
  }

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Seconds for each row.") var seconds = 5
  @Option(help: "Channels in the store, over which the appends go.") var channels = 10_000
  @Option(help: "Store of the measurement of readiness, in MiB.") var readyMib = 256
  @Option(help: "Followers of the measurement of memory and wake-up.") var followers = 10_000
  @Option(name: .customLong("only"), help: "This part alone; may be given more than once.")
  var parts: [Part] = []

  func run() throws {
    let own = try BenchPlace(directory)
    defer { own.remove() }
    let place = own.path
    LoadSocket.takeFiles()
    // Asked before the load begins, which keeps the cores busy itself.
    let report = RelayReport(control: Control(directory: place), isBusy: Machine.isBusy)
    try PrimitiveControl.measure().print("control")
    var relay = try RelayProcess(executable: executable, directory: place + "/relay")
    defer { relay.stop() }
    let load = Load(port: relay.port)
    defer { load.stop() }

    func has(_ part: Part) -> Bool { parts.isEmpty || parts.contains(part) }
    // The open loop and the peers are compared with it.
    let rates = has(.closed) || has(.open) || has(.peers) ? try closedLoop(load, report) : [:]
    if has(.open) { try openLoop(load, report, best: rates.values.max() ?? 0) }
    if has(.tls) { try tls(report, place) }
    if has(.reading) { try reading(load, report) }
    if has(.crowd) { try crowd(load, relay, report) }
    if has(.comeback) { try comeback(load, report) }
    if has(.ready) { try readiness(&relay, report, place) }
    if has(.peers) { try peers(report, place, rates) }
    print("kept-alive HTTP/1.1, load generator on the same cores; latencies of the open loop count")
    print("from when a request was due")
  }

  /// Appends as fast as they are answered; the rates of 1 KiB by the number of clients.
  private func closedLoop(_ load: Load, _ report: RelayReport) throws -> [Int: Double] {
    var table = RelayReport.appendTable("closed loop")
    var rates: [Int: Double] = [:]
    for (clients, kib) in [(1, 1), (8, 1), (32, 1), (128, 1), (128, 4)] {
      var filled = try load.channels(max(channels, clients), envelopeBytes: kib << 10)
      let run = try report.control.steadily {
        let (outcome, time) = try load.appends(&filled, clients: clients, for: .seconds(seconds))
        return (Double(outcome.histogram.total - outcome.refused) / time.seconds, outcome)
      }
      if kib == 1 { rates[clients] = run.figure.0 }
      report.add(
        "\(clients) client\(clients == 1 ? "" : "s"), \(kib) KiB", run,
        RelayTarget.append(clients: clients, kib: kib), to: &table)
    }
    table.print()
    return rates
  }

  /// Appends at a steady rate, however long each takes.
  private func openLoop(_ load: Load, _ report: RelayReport, best: Double) throws {
    var table = RelayReport.appendTable("open loop, 128 connections")
    var filled = try load.channels(max(channels, 128), envelopeBytes: 1 << 10)
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

  /// The same appends over TLS 1.3, whose client takes more from the cores than the plain one does.
  private func tls(_ report: RelayReport, _ place: String) throws {
    let relay = try RelayProcess(
      executable: executable, directory: place + "/tls", name: "localhost")
    defer { relay.stop() }
    let load = TLSLoad(port: relay.port)
    defer { load.stop() }
    let clients = 128
    let filled = Mutex(
      try (0..<max(channels, clients)).map { _ in try LoadChannel(envelopeBytes: 1 << 10) })
    // For those who only follow: nothing is sent to it.
    let quiet = try LoadChannel(envelopeBytes: 1 << 10)
    let created = Atomic(0)
    _ = try load.run(connections: 32) { _ in
      let index = created.wrappingAdd(1, ordering: .relaxed).oldValue
      return filled.withLock {
        index < $0.count ? $0[index].creation : index == $0.count ? quiet.creation : nil
      }
    }
    let run = try report.control.steadily {
      let start = ContinuousClock.now
      let end = start + .seconds(seconds)
      let next = Atomic(0)
      let outcome = try load.run(connections: clients) { _ in
        guard ContinuousClock.now < end else { return nil }
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return filled.withLock { $0[index % $0.count].append() }
      }
      let time = ContinuousClock.now - start
      return (Double(outcome.histogram.total - outcome.refused) / time.seconds, outcome)
    }
    var table = RelayReport.appendTable("TLS 1.3, kept alive")
    report.add(
      "\(clients) clients, 1 KiB", run, RelayTarget(perSecond: 9_000), to: &table)
    table.print()
    try tlsCrowd(relay, quiet.follow(after: 0))
  }

  private func tlsCrowd(_ relay: RelayProcess, _ follow: [UInt8]) throws {
    let count = min(followers, 1_000)
    let before = relay.residentBytes
    let crowd = try TLSCrowd(port: relay.port, count: count, follow: follow)
    defer { crowd.stop() }
    let each = Double(relay.residentBytes - before) / Double(count) / 1_024
    var table = FigureTable("\(count) followers over TLS 1.3", "", "target", "")
    table.add("memory of each while idle, KB", figure(each), "<= 48", verdict(each <= 48))
    table.print()
  }

  /// Many who follow one channel: what each holds of memory while nothing happens, and how long an append takes
  /// until the last of them has it.
  private func crowd(_ load: Load, _ relay: RelayProcess, _ report: RelayReport) throws {
    guard var channel = try load.channels(1, envelopeBytes: 1 << 10).first else { return }
    let before = relay.residentBytes
    let crowd = try FollowerCrowd(
      port: relay.port, count: followers, follow: channel.follow(after: 0))
    let caughtUp = try crowd.wait(forFrame: FollowerCrowd.caughtUp, within: .seconds(30))
    let each = Double(relay.residentBytes - before) / Double(max(1, caughtUp)) / 1_024
    var woken = followers
    let run = try report.control.steadily {
      try (0..<5).map { _ in
        crowd.forget()
        let start = ContinuousClock.now
        try load.send(channel.append())
        woken = min(
          woken, try crowd.wait(forFrame: FollowerCrowd.envelope, within: .seconds(15)))
        return ContinuousClock.now - start
      }.median
    }
    var table = FigureTable(
      "\(caughtUp) followers of one channel", "", "sign us", "run", "target", "")
    table.add(
      "memory of each while idle, KB", figure(each), "", "", "<= 24", verdict(each <= 24))
    table.add(
      "append until \(woken) have it, ms, median of 5", figure(run.figure / .milliseconds(1)),
      figure(run.control.signature.microseconds), run.note, "<= 250",
      report.judge(control: run.control) { slowness in
        woken == followers && run.figure / slowness <= .milliseconds(250)
      })
    table.print()
  }

  /// All followers come back at once, with twenty channels each, while 128 clients append as fast as they can: how
  /// long it takes until each has everything. One that hears nothing for a minute gives up and begins anew.
  private func comeback(_ load: Load, _ report: RelayReport) throws {
    let followed = try load.channels(20, envelopeBytes: 1 << 10)
    var filled = try load.channels(max(channels, 128), envelopeBytes: 1 << 10)
    let alone = try load.appends(&filled, clients: 128, for: .seconds(seconds))
    let isOver = Atomic(false)
    let appends = Mutex(0)
    let port = load.port
    let ended = DispatchSemaphore(value: 0)
    Thread { [filled] in
      var filled = filled
      let load = Load(port: port)
      let began = ContinuousClock.now
      while !isOver.load(ordering: .relaxed) {
        let outcome = try? load.appends(&filled, clients: 128, for: .seconds(1)).0
        appends.withLock { $0 += Int(outcome?.histogram.total ?? 0) }
      }
      let time = ContinuousClock.now - began
      appends.withLock { $0 = Int(Double($0) / time.seconds) }
      load.stop()
      ended.signal()
    }.start()
    let start = ContinuousClock.now
    let crowd = try FollowerCrowd(
      port: port, count: followers, follow: LoadChannel.follow(followed))
    let caughtUp = try crowd.wait(forChannels: followed.count, within: .seconds(300))
    let time = ContinuousClock.now - start
    isOver.store(true, ordering: .relaxed)
    ended.wait()
    var table = FigureTable(
      "\(caughtUp) followers of 20 channels come back", "", "target", "")
    table.add(
      "until the last has everything, s", figure(time.seconds), "<= 60",
      verdict(caughtUp == followers && time <= .seconds(60)))
    table.add(
      "appends a second meanwhile, 128 clients", figure(Double(appends.withLock(\.self)), 0), "", ""
    )
    table.add("and alone", figure(Double(alone.0.histogram.total) / alone.1.seconds, 0), "", "")
    table.print()
  }

  /// - Parameter rates: this relay's appends, by clients.
  private func peers(_ report: RelayReport, _ place: String, _ rates: [Int: Double]) throws {
    let peers = RelayPeers(directory: place, seconds: seconds)
    var table = FigureTable(
      "peers, 1 KiB, durable", "per second", "this relay, times", "flush us", "run")
    func add(_ title: String, _ run: Control.Steady<Double>, clients: Int) {
      table.add(
        title, figure(run.figure, 0), figure((rates[clients] ?? 0) / run.figure, 2),
        figure(run.control.flush.microseconds, 0), run.note)
    }
    for batch in [1, 100] {
      let run = try report.control.steadily { try peers.sqlite(batch: batch) }
      add(
        "SQLite, plain inserts, \(batch) in a transaction", run, clients: batch == 1 ? 1 : 128)
    }
    for clients in [1, 128] {
      let run = try report.control.steadily { try peers.redis(clients: clients) ?? 0 }
      if run.figure == 0 {
        table.add("Redis streams", "not installed")
        break
      }
      add(
        "Redis streams, appendfsync always, \(clients) client\(clients == 1 ? "" : "s")", run,
        clients: clients)
    }
    table.print()
  }

  private func reading(_ load: Load, _ report: RelayReport) throws {
    var table = FigureTable(
      "reading", "per second", "p50 us", "p99 us", "flush us", "run", "target", "")
    var filled = try load.channels(16, envelopeBytes: 1 << 10)
    _ = try load.appends(&filled, clients: 16, for: .seconds(2))
    let caughtUp = try report.control.steadily {
      try load.catchUp(filled, envelopeBytes: 1 << 10)
    }
    table.add(
      "catch-up, envelopes of 1 KiB", figure(caughtUp.figure, 0), "", "",
      figure(caughtUp.control.flush.microseconds, 0), caughtUp.note, ">= 60000",
      report.judge(control: caughtUp.control) { caughtUp.figure * $0 >= 60_000 })
    let pushed = try report.control.steadily { try load.pushes(count: 500, envelopeBytes: 1 << 10) }
    let (p50, p99) = (pushed.figure.percentile(0.5), pushed.figure.percentile(0.99))
    table.add(
      "append until seen by a follower (\(pushed.figure.total) seen)", "", figure(p50, 0),
      figure(p99, 0), figure(pushed.control.flush.microseconds, 0), pushed.note,
      "p50 <= 2000, p99 <= 10000",
      report.judge(control: pushed.control) { p50 / $0 <= 2_000 && p99 / $0 <= 10_000 })
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
      figure(run.control.flush.microseconds, 0), "<= 3",
      report.judge(control: run.control) { run.figure / $0 <= 3 })
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
