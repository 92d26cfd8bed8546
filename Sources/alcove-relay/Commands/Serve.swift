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
    discussion: "Plain HTTP, so on loopback only; TLS is coming.")

  @OptionGroup var options: CommonOptions
  @Option(help: "Address of this machine to listen on; loopback only.")
  var host: String = "127.0.0.1"
  @Option(help: "Port; 0 takes any free one.")
  var port: Int = 8470

  func run() async throws {
    try await Failure.reported(options) {
      try Self.requireLoopback(host, port)
      let home = RelayHome(options)
      let identity = try home.identity()
      LoggingSystem.bootstrap(StreamLogHandler.standardError)
      let logger = Logger(label: "alcove-relay")
      let store = try SQLiteRelayStore(
        path: home.store, opening: .existing,
        clock: { Int64(Date().timeIntervalSince1970) },
        onFailure: {
          // After a failed flush nothing is known: no answer may follow, not even an orderly one.
          RelayEvent.storeFailed.log(to: logger)
          _exit(74)
        })
      let server = RelayServer(
        store: store, settings: RelaySettings(host: host, port: port), identity: identity,
        clock: { Int64(Date().timeIntervalSince1970) }, logger: logger,
        onReady: { [options, host] port in
          Self.announce(host, port, directory: home.path, json: options.json)
        })
      var configuration = ServiceGroupConfiguration(
        services: [.init(service: server)], gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() })
      configuration.maximumGracefulShutdownDuration = .seconds(8)
      configuration.maximumCancellationDuration = .seconds(1)
      do {
        try await ServiceGroup(configuration: configuration).run()
      } catch {
        store.stop()
        throw Failure(
          code: "not-listening", exit: 1,
          message: "The relay could not listen on \(host):\(port), or ended unexpectedly.",
          next: ["alcove-relay serve --directory \(home.path) --port 0"])
      }
      store.stop()
    }
  }

  private static func requireLoopback(_ host: String, _ port: Int) throws {
    let shown = host.contains(":") ? "[\(host)]" : host
    guard (0...65_535).contains(port) else {
      throw Failure.usage("A port is a number from 0 to 65535.", next: "alcove-relay serve --help")
    }
    let address = try? RelayAddress("http://\(shown):\(max(port, 1))")
    guard let address, address.isLoopback else {
      throw Failure.usage(
        "Plain HTTP is served on loopback only: on any other address tokens could be overheard.",
        next: "alcove-relay serve --host 127.0.0.1")
    }
  }

  private static func announce(_ host: String, _ port: Int, directory: String, json: Bool) {
    let shown = host.contains(":") ? "[\(host)]" : host
    let line =
      json
      ? JSONText.of([
        "v": 1, "type": "ready", "port": port, "address": "http://\(shown):\(port)",
      ])
      : "ok  serving \(directory) at http://\(shown):\(port)"
    // Not `print`, which would keep the line back from a pipe.
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
