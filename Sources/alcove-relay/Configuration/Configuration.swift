// SPDX-License-Identifier: Apache-2.0

import Foundation
import Relay
import RelayLog
import RelayProtocol

/// What a relay is told: flag over environment over file over preset.
struct Configuration: Sendable {
  private let values: [Setting: String]

  /// - Parameter file: A file that must be there; nil for the one in the directory, if there is one.
  init(
    flags: [Setting: String], environment: [String: String], file: String?, home: RelayHome
  ) throws(Failure) {
    var values: [Setting: String] = [:]
    if let file {
      values = try ConfigurationFile.read(file)
    } else if FileManager.default.fileExists(atPath: home.configuration) {
      values = try ConfigurationFile.read(home.configuration)
    }
    for (name, value) in environment.sorted(by: { $0.key < $1.key })
    where name.hasPrefix(Setting.environmentPrefix) && name != CommonOptions.directoryVariable {
      guard let setting = Setting.allCases.first(where: { $0.environmentName == name }) else {
        throw .usage("\(name) is no setting of a relay.", next: "alcove-relay serve --help")
      }
      try Self.require(setting, value, "\(name) in the environment")
      values[setting] = value
    }
    for (setting, value) in flags {
      try Self.require(setting, value, "--\(setting.rawValue)")
      values[setting] = value
    }
    self.values = values
    // `init` laid the file out. What it said, TLS and the address, is not to be had from presets.
    guard
      file != nil || !home.exists
        || FileManager.default.fileExists(atPath: home.configuration)
    else {
      throw Failure(
        code: "no-settings", exit: 9,
        message: "\(home.configuration) is missing. Nothing was done.",
        next: [
          "Put it back from a backup of the relay, or, if it was made without --name:",
          "touch \(Shell.word(home.configuration))",
        ])
    }
    try check()
  }

  private static func require(
    _ setting: Setting, _ value: String, _ place: String
  ) throws(Failure) {
    guard setting.accepts(value) else {
      throw .usage("\(place) has no such value.", next: "alcove-relay serve --help")
    }
  }

  subscript(_ setting: Setting) -> String { values[setting] ?? setting.preset }

  private func number(_ setting: Setting) -> Int { Int(self[setting]) ?? 0 }

  /// What must fit together.
  private func check() throws(Failure) {
    guard self[.certificate].isEmpty == self[.certificateKey].isEmpty else {
      throw .usage(
        "A certificate needs its key, and a key its certificate.",
        next: "alcove-relay serve --certificate CHAIN.pem --certificate-key KEY.pem")
    }
    if !usesTLS, !isOnThisMachine, self[.plainText] != "anywhere" {
      throw .usage(
        "Plain HTTP is served on loopback only: on any other address tokens could be overheard.",
        next: "alcove-relay serve --host \(host) --tls on")
    }
    guard operations != .refused else {
      throw .usage(
        "Health and metrics are shown on loopback with a port, or on a Unix socket, only.",
        next: "alcove-relay serve --operations 127.0.0.1:8471")
    }
    guard !sharesPlace else {
      throw .usage(
        "Health and metrics need a port or socket of their own, beside that of clients.",
        next: "alcove-relay serve --operations 127.0.0.1:\(number(.port) == 8_471 ? 8_472 : 8_471)")
    }
  }

  /// Whether clients and operations would be served at one place.
  private var sharesPlace: Bool {
    switch (place, operations) {
    case (.network(_, let port), .at(.network(_, let other))): port == other && port != 0
    case (.socket(let path, _), .at(.socket(let other, _))): path == other
    default: false
    }
  }

  private var host: String { self[.host] }

  var isOnThisMachine: Bool { !self[.socket].isEmpty || Self.isLoopback(host) }

  var usesTLS: Bool { self[.tls] == "on" || self[.tls] == "auto" && !isOnThisMachine }

  var place: RelaySettings.Place {
    self[.socket].isEmpty
      ? .network(host: host, port: number(.port)) : socket(at: self[.socket])
  }

  private func socket(at path: String) -> RelaySettings.Place {
    .socket(path: path, mode: UInt32(self[.socketMode], radix: 8) ?? 0)
  }

  enum Operations: Equatable {
    case off, refused
    case at(RelaySettings.Place)
  }

  var operations: Operations {
    let text = self[.operations]
    if text == "off" || text.isEmpty { return .off }
    if text.hasPrefix("/") { return .at(socket(at: text)) }
    // Port 0, any free one, is no port of an address.
    let fixed = text.hasSuffix(":0") ? text.dropLast(2) + ":1" : text[...]
    // Without one it would be that of HTTP.
    guard let colon = text.lastIndex(of: ":"), Int(text[text.index(after: colon)...]) != nil,
      let address = try? RelayAddress("http://\(fixed)"), address.isLoopback
    else { return .refused }
    return .at(.network(host: address.host, port: text.hasSuffix(":0") ? 0 : address.port))
  }

  var limits: RelayLimits {
    var limits = RelayLimits()
    // Fewer than asked for, where the system gives fewer files: an accept that fails helps nobody.
    limits.connections = min(number(.connections), ProcessHardening.connections)
    limits.connectionsPerAddress = number(.connectionsPerAddress)
    limits.handshakesPerSecond = number(.handshakesPerSecond)
    limits.refusedTokensPerMinute = number(.refusedTokensPerMinute)
    limits.creationsPerMinute = number(.creationsPerMinute)
    limits.headerMilliseconds = Int64(number(.headerSeconds)) * 1_000
    limits.bodySeconds = number(.bodySeconds)
    limits.writeSeconds = number(.writeSeconds)
    return limits
  }

  /// What the store grants each channel.
  var policy: StorePolicy {
    StorePolicy(
      appendsPerSecond: number(.appendsPerSecond), appendBurst: number(.appendBurst),
      retentionDays: number(.retentionDays) == 0 ? nil : number(.retentionDays),
      freeBytes: UInt64(number(.freeMib)) << 20, requiresPostage: requiresPostage)
  }

  /// Whether a new channel costs a token.
  var requiresPostage: Bool {
    self[.postage] == "required" || self[.postage] == "auto" && !isOnThisMachine
  }

  /// What people type: names for the certificate's, or the address that is listened on.
  func address(name: String, pin: RelayPin?) -> String {
    let shown = name.contains(":") ? "[\(name)]" : name
    let text = "\(usesTLS ? "https" : "http")://\(shown):\(max(number(.port), 1))"
    return (try? RelayAddress(text, pin: pin))?.pinnedText ?? text
  }

  static func isLoopback(_ host: String) -> Bool {
    let shown = host.contains(":") ? "[\(host)]" : host
    return (try? RelayAddress("http://\(shown)"))?.isLoopback ?? false
  }
}
