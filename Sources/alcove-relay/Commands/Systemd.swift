// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

struct Systemd: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a systemd unit that lets the relay do what it must and nothing else.",
    discussion: """
      As root, for a relay that was made in that directory:
        useradd --system --home-dir / --shell /usr/sbin/nologin alcove-relay
        chown -R alcove-relay: /var/lib/alcove-relay
        alcove-relay systemd > /etc/systemd/system/alcove-relay.service
        systemctl enable --now alcove-relay
      """)

  @Option(help: "The relay's directory, as an absolute path.")
  var directory: String = "/var/lib/alcove-relay"
  @Option(help: "The user that the relay runs as.")
  var user: String = "alcove-relay"

  @Flag(help: "One JSON object instead of text for people.") var json = false

  func run() throws {
    guard directory.hasPrefix("/"), Self.isPlain(directory) else {
      throw Failure.usage(
        "A unit takes an absolute path of letters, digits, . _ and - as the directory.",
        next: "alcove-relay systemd --directory /var/lib/alcove-relay")
    }
    guard !user.isEmpty, Self.isPlain(user), !user.contains("/"), !user.hasPrefix("-") else {
      throw Failure.usage(
        "A user's name has letters, digits, . _ and - alone.",
        next: "alcove-relay systemd --user alcove-relay")
    }
    // This very program, wherever it was called from.
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    guard let program, Self.isPlain(program) else {
      throw Failure(
        code: "program", exit: 1,
        message: "A unit cannot name this program where it lies. Nothing was printed.",
        next: ["install alcove-relay /usr/local/bin/"])
    }
    let unit = Self.unit(program, directory, user)
    guard !json else { return try Console.object(["v": 1, "type": "systemd", "unit": unit]) }
    try Console.line(unit)
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || "/._-".utf8.contains($0)
    }
  }

  /// What hides the homes of people: all but what this relay itself needs there.
  private static func homes(_ program: String, _ directory: String) -> String {
    func isHidden(_ path: String) -> Bool {
      ["/home/", "/root/", "/run/user/"].contains { path.hasPrefix($0) }
    }
    var lines = ["ProtectHome=yes"]
    if isHidden(program) || isHidden(directory) { lines = ["ProtectHome=tmpfs"] }
    if isHidden(directory) { lines.append("BindPaths=\(directory)") }
    if isHidden(program) { lines.append("BindReadOnlyPaths=\(program)") }
    return lines.joined(separator: "\n")
  }

  private static func unit(_ program: String, _ directory: String, _ user: String) -> String {
    """
    [Unit]
    Description=Alcove relay
    After=network-online.target time-sync.target
    Wants=network-online.target

    [Service]
    Type=exec
    User=\(user)
    Group=\(user)
    ExecStart=\(program) serve --directory \(directory)
    ExecReload=/bin/kill -HUP $MAINPID
    Restart=on-failure
    RestartSec=2
    TimeoutStopSec=15
    # A crash must not print or keep memory.
    Environment=SWIFT_BACKTRACE=enable=no
    LimitCORE=0
    LimitNOFILE=65536
    UMask=0077
    # For sockets: /run/alcove-relay, which the group of this user may enter.
    RuntimeDirectory=alcove-relay
    RuntimeDirectoryMode=0750
    ReadWritePaths=\(directory)
    AmbientCapabilities=CAP_NET_BIND_SERVICE
    CapabilityBoundingSet=CAP_NET_BIND_SERVICE
    NoNewPrivileges=yes
    ProtectSystem=strict
    \(homes(program, directory))
    ProtectProc=invisible
    ProcSubset=pid
    ProtectClock=yes
    ProtectHostname=yes
    ProtectKernelTunables=yes
    ProtectKernelModules=yes
    ProtectKernelLogs=yes
    ProtectControlGroups=yes
    PrivateTmp=yes
    PrivateDevices=yes
    PrivateIPC=yes
    RemoveIPC=yes
    RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
    RestrictNamespaces=yes
    RestrictRealtime=yes
    RestrictSUIDSGID=yes
    LockPersonality=yes
    MemoryDenyWriteExecute=yes
    KeyringMode=private
    SystemCallArchitectures=native
    SystemCallFilter=@system-service
    SystemCallFilter=~@privileged @resources
    SystemCallErrorNumber=EPERM

    [Install]
    WantedBy=multi-user.target
    """
  }
}
