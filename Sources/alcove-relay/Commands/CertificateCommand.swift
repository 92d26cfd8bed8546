// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Relay
import RelayLog
import RelayProtocol

struct CertificateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certificate",
    abstract: "Show the relay's addresses and its certificate, or have it made for other names.",
    discussion: """
      The relay's own certificate renews itself. After --name a running relay takes the new one
      within a minute, or at once on SIGHUP. The pin stays.
      """)

  @OptionGroup var options: CommonOptions
  @Option(help: "A name or IP address under which people reach this relay; may be repeated.")
  var name: [String] = []

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      _ = try home.identity()
      let settings = try Configuration(
        flags: [:], environment: ProcessInfo.processInfo.environment, file: nil, home: home)
      let files = TLSFiles(home, settings)
      let now = Int64(Date().timeIntervalSince1970)
      if !name.isEmpty {
        guard files.isOwn else { _ = try home.authority(); return }
        try files.issue(name + ["localhost", "127.0.0.1", "::1"], now: now)
      }
      let certificate = try files.load(now: now)
      let pin = files.isOwn ? certificate.pin : nil
      let addresses = try files.names().map {
        settings.address(name: $0, pin: settings.usesTLS ? pin : nil)
      }
      let days = (certificate.expires - now) / 86_400
      if options.json {
        print(
          JSONText.of([
            "v": 1, "type": "certificate", "addresses": addresses, "pin": certificate.pin.text,
            "days_left": days,
          ]))
      } else {
        for address in addresses { print(address) }
        print("pin of its authority  \(certificate.pin.text)")
        print("ends in \(days) days" + (files.isOwn ? "; renewed by the relay before that" : ""))
      }
    }
  }
}
