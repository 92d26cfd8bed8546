// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import Logging
import Relay
import RelayLog
import RelayProtocol
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve until SIGTERM or SIGINT.",
    discussion: """
      Every setting may stand in the file, in the environment as ALCOVE_RELAY_KEY, or here; the last \
      counts most. TLS 1.3 alone is spoken, except on this very machine.
      """)

  @OptionGroup var options: CommonOptions
  @OptionGroup(title: "SETTINGS") var settings: SettingOptions

  func run() async throws {
    // A reload before there is anything to reload is no reason to end.
    signal(SIGHUP, SIG_IGN)
    try await Failure.reported(options) {
      let home = RelayHome(options)
      let identity = try home.identityKey()
      try home.requireRelay()
      let configuration = try settings.configuration(of: home)
      ProcessHardening.takeFiles(for: configuration.limits.connections)
      let files = TLSFiles(home, configuration)
      let certificate =
        configuration.usesTLS
        ? try files.loadRenewed(now: Int64(Date().timeIntervalSince1970)) : nil
      // Before it says that it serves: what cannot be shown is not begun.
      if case .at(let place) = configuration.operations {
        try await ListeningCheck(place, home).run()
      }
      LoggingSystem.bootstrap(StreamLogHandler.standardError)
      let logger = Logger(label: "alcove-relay")
      let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
      let gauges = RelayGauges(home: home, certificate: certificate)
      let metrics = RelayMetrics(version: Version.number, sample: gauges.sample)
      let store = try SQLiteRelayStore(
        path: home.store, opening: .existing, policy: configuration.policy,
        clock: clock, observer: metrics,
        onFailure: { fault in
          // After a failed flush nothing is known. Whoever waited is told so, and has a moment to hear it;
          // the writer has taken its last job.
          RelayEvent.storeFailed(fault).log(to: logger)
          usleep(300_000)
          _exit(74)
        })
      try home.makeFirstPostageKey()
      let server = RelayServer(
        store: store,
        settings: RelaySettings(
          place: configuration.place, certificate: certificate, limits: configuration.limits),
        identity: identity, postage: try home.postageKeys(), clock: clock, metrics: metrics,
        logger: logger,
        onReady: { [options] port in
          Self.announce(configuration, port, home: home, json: options.json)
        })
      var services: [ServiceGroupConfiguration.ServiceConfiguration] = [.init(service: server)]
      if let certificate {
        services.append(
          .init(service: CertificateKeeper(files: files, shown: certificate, logger: logger)))
      }
      services.append(
        .init(service: ConditionWatch(store: store, gauges: gauges, logger: logger)))
      if case .at(let place) = configuration.operations {
        let checks = ReadinessChecks(
          server, store: store, clock: clock, freeBytes: { RelayGauges.freeBytes(home.path) })
        // First, so that it ends last and tells of the drain.
        services.insert(
          .init(service: OperationsServer(place: place, checks: checks, metrics: metrics)), at: 0)
      }
      // Last, so that it begins first.
      services.append(.init(service: DrainWatchdog(logger: logger)))
      var group = ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() })
      // What then still waits for the disk is the watchdog's: the library would end the process by a trap.
      group.maximumGracefulShutdownDuration = .seconds(8)
      do {
        try await ServiceGroup(configuration: group).run()
      } catch {
        store.stop()
        // Who has the port, or that there is no such address, is found out by trying again.
        try await ListeningCheck(configuration.place, home).run()
        if case .at(let place) = configuration.operations {
          try await ListeningCheck(place, home).run()
        }
        throw Failure(
          code: "ended", exit: 1,
          message: "The relay ended unexpectedly. What it acknowledged is kept.",
          next: ["alcove-relay check --directory \(home.word)"])
      }
      store.stop()
    }
  }

  private static func announce(
    _ configuration: Configuration, _ port: Int, home: RelayHome, json: Bool
  ) {
    let address: String
    switch configuration.place {
    case .network(let host, _):
      let shown = host.contains(":") ? "[\(host)]" : host
      address = "\(configuration.usesTLS ? "https" : "http")://\(shown):\(port)"
    case .socket(let path, _): address = "unix:\(path)"
    }
    let line =
      json
      ? JSONText.of(["v": 1, "type": "ready", "port": port, "address": address])
      : "ok  serving \(home.path) at \(address)"
    // A relay serves also where nobody can read that it does.
    try? Console.line(line)
  }
}
