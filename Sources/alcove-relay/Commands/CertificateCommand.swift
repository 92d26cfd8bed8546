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
      within a minute, or at once on SIGHUP. The pin stays. Names that are not given again fall away.
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
      var dropped: [String] = []
      if !name.isEmpty {
        let names = try ServerNames.all(
          name, next: "alcove-relay certificate --directory \(home.word) --name relay.example.org")
        try home.requireRelay()
        guard files.isOwn else {
          throw Failure(
            code: "given-certificate", exit: 1,
            message:
              "This relay shows a certificate that was given to it, whose names are not the relay's to"
              + " choose. Nothing was changed.",
            next: ["alcove-relay certificate --directory \(home.word)"])
        }
        // What a broken certificate was for is not known; it is made anew all the same.
        let before = (try? files.names()) ?? []
        try files.issue(names, now: now)
        let after = try files.names()
        dropped = before.filter { !after.contains($0) }
      }
      let certificate = try files.load()
      let pin = files.isOwn ? certificate.pin : nil
      let addresses = try files.names().map {
        settings.address(name: $0, pin: settings.usesTLS ? pin : nil)
      }
      let days = (certificate.expires - now) / 86_400
      let isDue = files.isDue(certificate, now: now)
      guard !options.json else {
        return try Console.object([
          "v": 1, "type": "certificate", "addresses": addresses, "pin": certificate.pin.text,
          "days_left": days, "renewal_due": isDue, "dropped": dropped,
        ])
      }
      let renewal =
        isDue
        ? "; renewed when the relay serves"
        : files.isOwn ? "; renewed by the relay before that" : ""
      let end = certificate.expires < now ? "has ended" : "ends in \(days) days"
      try Console.line(
        (addresses + dropped.map { "no longer for \($0)" } + [
          "pin of its authority  \(certificate.pin.text)", end + renewal,
        ]).joined(separator: "\n"))
    }
  }
}
