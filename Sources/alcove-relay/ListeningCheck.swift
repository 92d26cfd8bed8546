// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import NIOCore
import NIOPosix
import Relay

/// Whether the relay can listen where it is told to, or does so already.
struct ListeningCheck {
  private let place: RelaySettings.Place
  private let home: RelayHome

  init(_ place: RelaySettings.Place, _ home: RelayHome) {
    self.place = place
    self.home = home
  }

  func run() async throws {
    switch place {
    case .network(let host, let port): try await bind(host, port)
    case .socket(let path, _):
      let folder = (path as NSString).deletingLastPathComponent
      guard path.utf8.count < 108,
        FileManager.default.isWritableFile(atPath: folder.isEmpty ? "." : folder)
      else {
        throw Failure(
          code: "address", exit: 1,
          message: "No socket can be made at \(path). Nothing was changed.",
          next: ["ls -ld \(Shell.word(folder))"])
      }
      // A socket that was left there is replaced, and nothing else.
      let facts = try? FileManager.default.attributesOfItem(atPath: path)
      guard facts == nil || facts?[.type] as? FileAttributeType == .typeSocket else {
        throw Failure(
          code: "address", exit: 1,
          message: "\(path) is there already and is no socket. Nothing was changed.",
          next: ["ls -ld \(Shell.word(path))"])
      }
    }
  }

  private func bind(_ host: String, _ port: Int) async throws {
    do {
      let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: host, port: port).get()
      try await channel.close()
    } catch {
      let reason: (code: String, message: String, next: String)
      switch (error as? IOError)?.errnoCode {
      case EADDRINUSE:
        // The relay itself, when it runs, is who should be there.
        if home.isServed { return }
        reason = (
          "address-in-use", "Another program listens on port \(port). Nothing was changed.",
          "ss -ltnp | grep \(port)"
        )
      case EACCES:
        reason = (
          "address", "Ports below 1024 are for root or CAP_NET_BIND_SERVICE.",
          "alcove-relay systemd --directory \(home.word)"
        )
      default:
        reason = (
          "address", "This machine has no address \(host). Nothing was changed.", "ip address"
        )
      }
      throw Failure(code: reason.code, exit: 1, message: reason.message, next: [reason.next])
    }
  }
}
