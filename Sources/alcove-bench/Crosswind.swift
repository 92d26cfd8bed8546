// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import Synchronization

/// What others do to a relay while honest clients use it, on a thread of its own until it is stopped.
final class Crosswind: Sendable {
  enum Kind: String, CaseIterable, Sendable, ExpressibleByArgument {
    case idle = "connections that say nothing"
    case slowHeaders = "header fields byte by byte"
    case slowBodies = "bodies byte by byte"
    case deafReaders = "readers that never read"
    case returningReaders = "16 readers that never read, and come back"
    case wrongTokens = "wrong tokens, 2,000 a second"
    case replays = "one append of 256 KiB, 500 times a second"
    case wideFollows = "follows of 1,024 channels each"
    case emptyParts = "parts of blobs without a byte"

    init?(argument: String) {
      guard let kind = Self.allCases.first(where: { "\($0)" == argument }) else { return nil }
      self = kind
    }

    static var allValueStrings: [String] { allCases.map { "\($0)" } }
  }

  private let isOver = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)
  private let begun = DispatchSemaphore(value: 0)

  /// Begins, and returns once it blows.
  init(_ kind: Kind, port: Int, connections: Int, target: LoadChannel) {
    let thread = Thread { [self] in
      defer { ended.signal() }
      // What a relay does to those who treat it so is its own affair.
      try? run(kind, port, connections, target)
      begun.signal()
    }
    thread.start()
    begun.wait()
  }

  func stop() {
    isOver.store(true, ordering: .relaxed)
    ended.wait()
  }

  private var goesOn: Bool { !isOver.load(ordering: .relaxed) }

  private func run(
    _ kind: Kind, _ port: Int, _ connections: Int, _ target: LoadChannel
  ) throws {
    switch kind {
    case .idle: try hold(port, connections, opening: [], trickle: nil)
    case .slowHeaders:
      try hold(
        port, min(connections, 500), opening: Array("GET /v1/relay HTTP/1.1\r\nA: ".utf8),
        trickle: UInt8(ascii: "a"))
    case .slowBodies:
      try hold(
        port, min(connections, 500), opening: target.opening, trickle: 0)
    case .deafReaders:
      let request = target.read(after: 0, maximum: 8 << 20)
      try hold(port, min(connections, 256), opening: request, trickle: nil)
    case .returningReaders:
      try come(port, 16, saying: target.read(after: 0, maximum: 8 << 20))
    case .wrongTokens:
      let request = target.guess()
      try flood(port, 2_000, request)
    case .replays:
      var target = target
      try flood(port, 500, target.append())
    case .wideFollows:
      try hold(port, min(connections, 500), opening: target.wideFollow(), trickle: nil)
    case .emptyParts:
      let (blob, part) = target.emptyPart()
      try Load.once(blob, port: port)
      try hold(port, min(connections, 256), opening: part, trickle: nil)
    }
  }

  /// Says the same on new connections again and again, before a relay would have had enough of the last.
  private func come(_ port: Int, _ count: Int, saying request: [UInt8]) throws {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    while goesOn {
      for socket in sockets { close(socket) }
      sockets = []
      for _ in 0..<count {
        let socket = try LoadSocket.connect(port)
        sockets.append(socket)
        try LoadSocket.send(request, on: socket)
      }
      begun.signal()
      for _ in 0..<7 where goesOn { Thread.sleep(forTimeInterval: 0.25) }
    }
  }

  private func hold(
    _ port: Int, _ count: Int, opening: [UInt8], trickle: UInt8?
  ) throws {
    var sockets: [Int32] = []
    defer { for socket in sockets { close(socket) } }
    let start = ContinuousClock.now
    for _ in 0..<count {
      let socket = try LoadSocket.connect(port)
      sockets.append(socket)
      try LoadSocket.send(opening, on: socket)
      // No faster than a gigabit a second, which is what a relay's network carries.
      let due = start + .seconds(Double(sockets.count * opening.count) / 125e6)
      let early = due - .now
      if early > .zero { usleep(UInt32(early.microseconds)) }
    }
    begun.signal()
    // Each says a byte five times a second, but not in unison: 500 packets at once take a core from the relay for
    // some milliseconds, which is what the load costs and not what the relay does.
    var turn = 0
    while goesOn {
      Thread.sleep(forTimeInterval: 0.01)
      turn = (turn + 1) % 20
      guard let trickle else { continue }
      for index in stride(from: turn, to: sockets.count, by: 20) {
        try? LoadSocket.send([trickle], on: sockets[index])
      }
    }
  }

  private func flood(_ port: Int, _ perSecond: Double, _ request: [UInt8]) throws {
    let loop = try LoadLoop<HTTPExchange>(port: port, connections: 32)
    begun.signal()
    _ = try loop.run(.open(perSecond: perSecond)) { _ in goesOn ? request : nil }
  }
}
