// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

/// Every setting as a flag; a test holds the two lists together.
struct SettingOptions: ParsableArguments {
  @Option(help: "File with settings; without it relay.yaml in the directory, if it is there.")
  var config: String?

  @Option(help: ArgumentHelp(Setting.host.meaning)) var host: String?
  @Option(help: ArgumentHelp(Setting.port.meaning)) var port: String?
  @Option(help: ArgumentHelp(Setting.socket.meaning)) var socket: String?
  @Option(help: ArgumentHelp(Setting.socketMode.meaning)) var socketMode: String?
  @Option(help: ArgumentHelp(Setting.tls.meaning)) var tls: String?
  @Option(help: ArgumentHelp(Setting.certificate.meaning)) var certificate: String?
  @Option(help: ArgumentHelp(Setting.certificateKey.meaning)) var certificateKey: String?
  @Option(help: ArgumentHelp(Setting.plainText.meaning)) var plainText: String?
  @Option(help: ArgumentHelp(Setting.operations.meaning)) var operations: String?
  @Option(help: ArgumentHelp(Setting.connections.meaning)) var connections: String?
  @Option(help: ArgumentHelp(Setting.connectionsPerAddress.meaning))
  var connectionsPerAddress: String?
  @Option(help: ArgumentHelp(Setting.handshakesPerSecond.meaning)) var handshakesPerSecond: String?
  @Option(help: ArgumentHelp(Setting.refusedTokensPerMinute.meaning))
  var refusedTokensPerMinute: String?
  @Option(help: ArgumentHelp(Setting.creationsPerMinute.meaning)) var creationsPerMinute: String?
  @Option(help: ArgumentHelp(Setting.headerSeconds.meaning)) var headerSeconds: String?
  @Option(help: ArgumentHelp(Setting.bodySeconds.meaning)) var bodySeconds: String?
  @Option(help: ArgumentHelp(Setting.writeSeconds.meaning)) var writeSeconds: String?
  @Option(help: ArgumentHelp(Setting.appendsPerSecond.meaning)) var appendsPerSecond: String?
  @Option(help: ArgumentHelp(Setting.appendBurst.meaning)) var appendBurst: String?
  @Option(help: ArgumentHelp(Setting.retentionDays.meaning)) var retentionDays: String?
  @Option(help: ArgumentHelp(Setting.freeMib.meaning)) var freeMib: String?
  @Option(help: ArgumentHelp(Setting.postage.meaning)) var postage: String?

  private func flag(_ setting: Setting) -> String? {
    switch setting {
    case .host: host
    case .port: port
    case .socket: socket
    case .socketMode: socketMode
    case .tls: tls
    case .certificate: certificate
    case .certificateKey: certificateKey
    case .plainText: plainText
    case .operations: operations
    case .connections: connections
    case .connectionsPerAddress: connectionsPerAddress
    case .handshakesPerSecond: handshakesPerSecond
    case .refusedTokensPerMinute: refusedTokensPerMinute
    case .creationsPerMinute: creationsPerMinute
    case .headerSeconds: headerSeconds
    case .bodySeconds: bodySeconds
    case .writeSeconds: writeSeconds
    case .appendsPerSecond: appendsPerSecond
    case .appendBurst: appendBurst
    case .retentionDays: retentionDays
    case .freeMib: freeMib
    case .postage: postage
    }
  }

  func configuration(of home: RelayHome) throws(Failure) -> Configuration {
    var flags: [Setting: String] = [:]
    for setting in Setting.allCases { flags[setting] = flag(setting) }
    return try Configuration(
      flags: flags, environment: ProcessInfo.processInfo.environment, file: config, home: home)
  }
}
