// SPDX-License-Identifier: Apache-2.0

/// Everything that can be set: in the file as `key: value`, as `--key`, as `ALCOVE_RELAY_KEY`.
enum Setting: String, CaseIterable, Sendable {
  case host, port, socket, tls, certificate
  case socketMode = "socket-mode"
  case certificateKey = "certificate-key"
  case plainText = "plain-text"
  case operations
  case connections
  case connectionsPerAddress = "connections-per-address"
  case handshakesPerSecond = "handshakes-per-second"
  case refusedTokensPerMinute = "refused-tokens-per-minute"
  case creationsPerMinute = "creations-per-minute"
  case headerSeconds = "header-seconds"
  case bodySeconds = "body-seconds"
  case writeSeconds = "write-seconds"
  case appendsPerSecond = "appends-per-second"
  case appendBurst = "append-burst"
  case retentionDays = "retention-days"
  case freeMib = "free-mib"
  case postage

  enum Form: Sendable, Equatable {
    case text
    case number(ClosedRange<Int>)
    case choice([String])
    /// Permissions of a file, three octal digits behind a zero.
    case permissions
  }

  var form: Form {
    switch self {
    case .host, .socket, .certificate, .certificateKey, .operations: .text
    case .port: .number(0...65_535)
    case .socketMode: .permissions
    case .tls: .choice(["auto", "on", "off"])
    case .plainText: .choice(["on-this-machine", "anywhere"])
    case .connections, .connectionsPerAddress: .number(1...1_000_000)
    case .handshakesPerSecond, .refusedTokensPerMinute, .creationsPerMinute: .number(1...1_000_000)
    case .headerSeconds, .bodySeconds, .writeSeconds: .number(1...3_600)
    case .appendsPerSecond, .appendBurst: .number(1...1_000_000)
    case .retentionDays: .number(0...36_500)
    case .freeMib: .number(0...1_000_000)
    case .postage: .choice(["auto", "open", "required"])
    }
  }

  var preset: String {
    switch self {
    case .host: "127.0.0.1"
    case .port: "8470"
    case .socket, .certificate, .certificateKey: ""
    case .socketMode: "0660"
    case .tls: "auto"
    case .plainText: "on-this-machine"
    case .operations: "off"
    case .connections: "20000"
    case .connectionsPerAddress: "256"
    case .handshakesPerSecond: "10"
    case .refusedTokensPerMinute: "60"
    case .creationsPerMinute: "30"
    case .headerSeconds: "10"
    case .bodySeconds, .writeSeconds: "30"
    case .appendsPerSecond: "20"
    case .appendBurst: "60"
    case .retentionDays: "0"
    case .freeMib: "256"
    case .postage: "auto"
    }
  }

  /// One line for the file that `init` writes and for `--help`.
  var meaning: String {
    switch self {
    case .host: "address of this machine to listen on"
    case .port: "port; 0 takes any free one"
    case .socket: "Unix socket to listen on instead, for a proxy on this machine"
    case .socketMode: "permissions of Unix sockets in octal: 0660 lets in the relay's group"
    case .tls: "on, off, or auto: off on loopback and a Unix socket, on everywhere else"
    case .certificate: "certificate chain in PEM; empty for the relay's own"
    case .certificateKey: "its private key in PEM"
    case .plainText: "where plain HTTP is taken: on-this-machine, or anywhere"
    case .operations:
      "health and metrics: off, a loopback address with its port, or a socket's path"
    case .connections: "open connections"
    case .connectionsPerAddress: "open connections of one address"
    case .handshakesPerSecond: "new connections of one address in a second"
    case .refusedTokensPerMinute: "refused tokens of one address in a minute"
    case .creationsPerMinute: "new channels of one address in a minute"
    case .headerSeconds: "how long header fields may take"
    case .bodySeconds: "how long a body may take, and a second more for each 16 KiB"
    case .writeSeconds: "how long a reader may take for a piece of its answer"
    case .appendsPerSecond: "appends of one channel in a second, for long"
    case .appendBurst: "appends of one channel at once, after a rest"
    case .retentionDays:
      "days after which bodies of messages go, but for invitations; 0 keeps them with their channel"
    case .freeMib: "MiB that stay free on the disk: below, nothing is taken"
    case .postage:
      "what a new channel costs: required, open (nothing), or auto: open on loopback and a Unix"
        + " socket, required everywhere else"
    }
  }

  var environmentName: String {
    Self.environmentPrefix + rawValue.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }

  static let environmentPrefix = "ALCOVE_RELAY_"

  func accepts(_ value: String) -> Bool {
    switch form {
    case .text: value.utf8.count <= 4_096 && !value.utf8.contains { $0 < 32 || $0 == 127 }
    case .number(let range): Int(value).map { range.contains($0) && String($0) == value } ?? false
    case .choice(let values): values.contains(value)
    case .permissions: value.wholeMatch(of: /0[0-7]{3}/) != nil
    }
  }
}
