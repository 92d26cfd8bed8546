// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// What honest clients notice of those who are not.
struct AbuseBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "abuse", abstract: "Appends of honest clients while others misuse the relay.",
    discussion: """
      Honest clients make 300 appends a second on 32 connections. Their p99 under each abuse is to stay
      within twice its quiet value. All come from this machine, which limits by address leave out: a relay
      meets the abuse with nothing but its bounds.
      """)

  @Argument(help: "The alcove-relay to measure.") var executable: String
  @Option(help: "A directory on the disk to measure.") var directory = FileManager.default
    .currentDirectoryPath
  @Option(help: "Seconds for each row.") var seconds = 10
  @Option(help: "Connections that are held open.") var connections = 19_000

  func run() throws {
    let place = try BenchPlace(directory)
    defer { place.remove() }
    LoadSocket.takeFiles()
    let relay = try RelayProcess(executable: executable, directory: place.path + "/relay")
    defer { relay.stop() }
    let load = Load(port: relay.port)
    defer { load.stop() }
    var filled = try load.channels(1_000, envelopeBytes: 1 << 10)
    var target = try load.channels(1, envelopeBytes: 256 << 10)
    // Something large to read, within what a channel may hold.
    _ = try load.appends(&target, clients: 1, .open(perSecond: 30), for: .seconds(1))

    func honest() throws -> LoadOutcome {
      try load.appends(
        &filled, clients: 32, .open(perSecond: 300), for: .seconds(seconds)
      ).0
    }
    _ = try honest()
    let control = FlushControl(directory: place.path)
    var table = FigureTable("honest appends", "p50 us", "p99 us", "to quiet", "refused", "flush us")
    var quiet = try honest().histogram.percentile(0.99)
    func add(_ title: String, _ outcome: LoadOutcome) {
      let p99 = outcome.histogram.percentile(0.99)
      table.add(
        title, figure(outcome.histogram.percentile(0.5), 0), figure(p99, 0),
        figure(p99 / quiet, 2), "\(outcome.refused)",
        figure(control.measure().microseconds, 0))
    }
    for kind in Crosswind.Kind.allCases {
      // Quiet again before each: the machine's speed wanders.
      let calm = try honest()
      quiet = calm.histogram.percentile(0.99)
      add("quiet", calm)
      let wind = Crosswind(kind, port: relay.port, connections: connections, target: target[0])
      add(kind.rawValue, try honest())
      wind.stop()
      Thread.sleep(forTimeInterval: 1)
    }
    table.print()
    print("the relay holds \(figure(Double(relay.residentBytes) / 1_048_576, 0)) MiB afterwards")
  }
}
