// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// What honest clients notice of those who are not.
struct AbuseBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abuse",
    abstract: "Appends and reads of honest clients while others misuse the relay.",
    discussion: """
      Honest clients make 300 appends a second on 32 connections that they have before, and then 100 reads of 200 KiB a
      second on new ones. Their p99 under each abuse is to stay within twice its quiet value, and none is to be
      refused. All come from this machine, which limits by address leave out: a relay meets the abuse with nothing
      but its bounds. What is sent to begin with comes at a gigabit a second and no faster: at the speed of memory
      the load alone would take both cores.
      """)

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(
    help: "Seconds for each part of a round: appends and reads, in quiet and beside the abuse.")
  var seconds = 5
  @Option(help: "Rounds for each abuse, of which the median counts.") var rounds = 5
  // A relay that may open 20,000 files, as on many machines, has places for 18,976: honest clients who come new are
  // to find one.
  @Option(help: "Connections that are held open.") var connections = 18_500
  @Option(name: .customLong("only"), help: "This abuse alone; may be given more than once.")
  var parts: [Crosswind.Kind] = []

  func run() throws {
    let place = try BenchPlace(directory)
    defer { place.remove() }
    LoadSocket.takeFiles()
    let relay = try RelayProcess(
      executable: executable, directory: place.path + "/relay", pace: .usual)
    defer { relay.stop() }
    let load = Load(port: relay.port)
    defer { load.stop() }
    var filled = try load.channels(1_000, envelopeBytes: 1 << 10)
    var target = try load.channels(1, envelopeBytes: 256 << 10)
    // Something large to read, within what a channel may hold.
    _ = try load.appends(&target, clients: 1, .open(perSecond: 30), for: .seconds(1))

    var pages = try load.channels(32, envelopeBytes: 64 << 10)
    _ = try load.appends(&pages, clients: 32, .open(perSecond: 128), for: .seconds(1))

    struct Honest {
      let appends: LoadOutcome
      let reads: LoadOutcome
    }
    func honest(onceConnected: () -> Void = {}) throws -> Honest {
      Honest(
        appends: try load.appends(
          &filled, clients: 32, .open(perSecond: 300), for: .seconds(seconds),
          onceConnected: onceConnected
        ).0,
        reads: try load.pages(
          pages, bytes: 200 << 10, clients: 32, .open(perSecond: 100), for: .seconds(seconds)))
    }
    _ = try honest()
    let control = Control(directory: place.path)
    var table = FigureTable(
      "honest appends, and reads of 200 KiB", "p50 us", "quiet p99", "p99 us", "to quiet",
      "from .. to", "refused", "reads quiet", "p99 us", "to quiet", "from .. to", "refused",
      "flush us")
    for kind in parts.isEmpty ? Crosswind.Kind.allCases : parts {
      var appends = AbuseRounds()
      var reads = AbuseRounds()
      for _ in 0..<max(rounds, 1) {
        // Quiet again before each: the machine's speed wanders.
        let quiet = try honest()
        var wind: Crosswind?
        // Who connects behind thousands of others waits for them in the system's queue.
        let outcome = try honest {
          wind = Crosswind(kind, port: relay.port, connections: connections, target: target[0])
        }
        wind?.stop()
        appends.add(quiet: quiet.appends, outcome.appends)
        reads.add(quiet: quiet.reads, outcome.reads)
        Thread.sleep(forTimeInterval: 1)
      }
      table.add(
        [kind.rawValue, figure(appends.p50, 0)] + appends.columns + reads.columns
          + [figure(control.measure().flush.microseconds, 0)])
    }
    table.print()
    print("the relay holds \(figure(Double(relay.residentBytes) / 1_048_576, 0)) MiB afterwards")
  }
}
