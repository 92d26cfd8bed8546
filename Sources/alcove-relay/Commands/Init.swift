// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Relay
import RelayLog
import RelayProtocol

struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a relay: its directory, keys, certificate, settings and store.",
    discussion: """
      With --name the relay listens on all addresses of this machine, with TLS, and its certificate is \
      for that name. Its address, which ends in a pin, is what therapists enter: it is shown at the end.
      Without --name it listens on this machine alone, which is for trying it out or behind a proxy.
      A certificate that computers know already is given with --certificate and --certificate-key; \
      the address then needs no pin.
      """)

  @OptionGroup var options: CommonOptions
  @Option(help: "A name or IP address under which people reach this relay; may be repeated.")
  var name: [String] = []
  @Option(help: ArgumentHelp(Setting.port.meaning)) var port: String?
  @Option(help: "Certificate chain in PEM, if there is one; may be renewed in its place.")
  var certificate: String?
  @Option(help: "Its private key in PEM.")
  var certificateKey: String?

  func run() async throws {
    try await Failure.reported(options) {
      let names = try ServerNames.all(name, next: "alcove-relay init --name relay.example.org")
      let home = RelayHome(options)
      var flags: [Setting: String] = [:]
      flags[.port] = port
      flags[.certificate] = certificate
      flags[.certificateKey] = certificateKey
      let typed = Set(flags.keys)
      func source(of setting: Setting) -> String {
        typed.contains(setting) ? "--\(setting.rawValue)" : setting.environmentName
      }
      // What the environment says now is chosen now: the address that is shown is to hold without it.
      let environment = ProcessInfo.processInfo.environment
      for setting in Setting.allCases where flags[setting] == nil {
        flags[setting] = environment[setting.environmentName]
      }
      // Wherever the relay is served from.
      for setting in [Setting.certificate, .certificateKey, .socket] {
        if let path = flags[setting], !path.isEmpty { flags[setting] = Self.absolute(path) }
      }
      try home.requireNoRelay()
      let laidOut = try home.laidOutSettings()
      for (setting, value) in flags where ConfigurationFile.quoted(value) == nil {
        throw Failure.usage(
          "A configuration file cannot hold the value of \(source(of: setting)). Nothing was made.",
          next: "alcove-relay init --directory \(home.word), with a path without \" and '")
      }
      for (setting, value) in flags {
        guard let other = laidOut[setting], other != value else { continue }
        throw Failure.usage(
          "\(home.configuration) has \(setting.rawValue): \(other), and \(source(of: setting)) is another."
            + " Nothing was made.",
          next: "alcove-relay init --directory \(home.word), without \(source(of: setting))")
      }
      // What a name entails, where nothing else was said.
      if !name.isEmpty {
        flags[.host] = flags[.host] ?? laidOut[.host] ?? Self.everywhere
        flags[.tls] = flags[.tls] ?? laidOut[.tls] ?? "on"
      }
      let settings = try Configuration(
        flags: flags, environment: environment, file: nil, home: home)
      let files = TLSFiles(home, settings)
      let now = Int64(Date().timeIntervalSince1970)
      // Before anything is made: a certificate that does not fit is no relay.
      if !files.isOwn { _ = try files.load() }
      try home.make(settings: try Self.settings(flags, laidOut, in: home)) {
        try home.makePostageKey()
        if files.isOwn {
          _ = try home.makeAuthority(now: now)
          try files.issue(names, now: now)
        }
        let store = try SQLiteRelayStore(
          path: home.store, opening: .creating, clock: { Int64(Date().timeIntervalSince1970) },
          onFailure: { _ in })
        store.stop()
      }
      let pin = files.isOwn ? try files.load().pin : nil
      try report(home, settings, pin: pin, fingerprint: try home.fingerprint())
    }
  }

  /// All addresses of this machine: of IPv6 and IPv4 at once where the system has both on one socket.
  private static var everywhere: String {
    let only = FileManager.default.contents(atPath: "/proc/sys/net/ipv6/bindv6only") ?? Data()
    return String(decoding: only, as: UTF8.self) == "0\n" ? "::" : "0.0.0.0"
  }

  /// Settings that were laid out before are kept, and those that were chosen now stand below them; nil
  /// where nothing was.
  private static func settings(
    _ flags: [Setting: String], _ laidOut: [Setting: String], in home: RelayHome
  ) throws -> String? {
    guard FileManager.default.fileExists(atPath: home.configuration) else { return text(flags) }
    let more = flags.filter { laidOut[$0.key] == nil }
    guard !more.isEmpty else { return nil }
    guard let text = try? String(contentsOfFile: home.configuration, encoding: .utf8) else {
      throw RelayStoreError.unavailable
    }
    return text + lines(more)
  }

  private func report(
    _ home: RelayHome, _ settings: Configuration, pin: RelayPin?, fingerprint: String
  ) throws {
    let address = settings.address(
      name: name.first ?? "127.0.0.1", pin: settings.usesTLS ? pin : nil)
    if options.json {
      var object: [String: Any] = [
        "v": 1, "type": "relay", "directory": home.path, "fingerprint": fingerprint,
        "address": address,
      ]
      object["pin"] = pin?.text
      return try Console.object(object)
    }
    try Console.line(
      """
      ok  relay made in \(home.path), fingerprint \(fingerprint)
          its address, to be entered by therapists as it stands:

          \(address)

          \(
            settings.requiresPostage
              ? "a new channel costs postage, two tokens for each client: alcove-relay postage --help"
              : "open: whoever reaches this relay can make channels (postage: required changes that)")

      Next:  alcove-relay check --directory \(home.word)
             alcove-relay serve --directory \(home.word)
      """)
  }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  /// What was chosen, below a file that was laid out.
  private static func lines(_ chosen: [Setting: String]) -> String {
    "\n# Chosen when the relay was made.\n"
      + chosen.compactMap { setting, value in
        ConfigurationFile.quoted(value).map { "\(setting.rawValue): \($0)\n" }
      }.sorted().joined()
  }

  /// The file with every setting; what was not chosen stands there as a comment.
  private static func text(_ chosen: [Setting: String]) -> String {
    var text = "# Settings of this relay. A flag or an ALCOVE_RELAY_ variable goes before them.\n"
    for setting in Setting.allCases {
      text += "\n# \(setting.meaning)\n"
      if let value = chosen[setting].flatMap(ConfigurationFile.quoted) {
        text += "\(setting.rawValue): \(value)\n"
      } else {
        text += "#\(setting.rawValue): \"\(setting.preset)\"\n"
      }
    }
    return text
  }
}
