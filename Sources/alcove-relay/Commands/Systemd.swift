// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation

struct Systemd: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a systemd unit that lets the relay do what it must and nothing else.",
    discussion: """
      As root: useradd --system alcove-relay, chown -R alcove-relay the directory, then
      alcove-relay systemd --directory /var/lib/alcove-relay > /etc/systemd/system/alcove-relay.service
      """)

  @Option(help: "The relay's directory, as an absolute path.")
  var directory: String = "/var/lib/alcove-relay"
  @Option(help: "The user that the relay runs as.")
  var user: String = "alcove-relay"

  func run() throws {
    let plain: (Character) -> Bool = {
      $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0))
    }
    guard directory.hasPrefix("/"), directory.allSatisfy(plain), user.allSatisfy(plain) else {
      throw ValidationError("a directory is an absolute path of letters, digits, . _ and -")
    }
    let program = CommandLine.arguments.first.map { name in
      name.hasPrefix("/") ? name : "/usr/local/bin/alcove-relay"
    }
    print(Self.unit(program ?? "/usr/local/bin/alcove-relay", directory, user))
  }

  static func unit(_ program: String, _ directory: String, _ user: String) -> String {
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
    ProtectHome=yes
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
