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
      second on new ones. Their p99 under each abuse is to stay within twice its quiet value, and none is to be refused. All come from this machine, which limits by address leave out: a relay
      meets the abuse with nothing but its bounds.
      """)

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Seconds for each row.") var seconds = 10
  @Option(help: "Connections that are held open.") var connections = 19_000
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
      "honest appends, and reads of 200 KiB", "p50 us", "p99 us", "to quiet", "refused",
      "reads p99 us", "to quiet", "refused", "flush us")
    var quiet = try honest()
    func add(_ title: String, _ outcome: Honest) {
      func columns(_ outcome: LoadOutcome, _ quiet: LoadOutcome) -> [String] {
        let p99 = outcome.histogram.percentile(0.99)
        return [
          figure(p99, 0), figure(p99 / quiet.histogram.percentile(0.99), 2), "\(outcome.refused)",
        ]
      }
      let appends = columns(outcome.appends, quiet.appends)
      let reads = columns(outcome.reads, quiet.reads)
      table.add(
        title, figure(outcome.appends.histogram.percentile(0.5), 0), appends[0], appends[1],
        appends[2], reads[0], reads[1], reads[2], figure(control.measure().flush.microseconds, 0))
    }
    for kind in parts.isEmpty ? Crosswind.Kind.allCases : parts {
      // Quiet again before each: the machine's speed wanders.
      quiet = try honest()
      add("quiet", quiet)
      var wind: Crosswind?
      // Who connects behind thousands of others waits for them in the system's queue.
      let outcome = try honest {
        wind = Crosswind(kind, port: relay.port, connections: connections, target: target[0])
      }
      add(kind.rawValue, outcome)
      wind?.stop()
      Thread.sleep(forTimeInterval: 1)
    }
    table.print()
    print("the relay holds \(figure(Double(relay.residentBytes) / 1_048_576, 0)) MiB afterwards")
  }
}
