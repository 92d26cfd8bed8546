// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The connections of a load, all in the caller's thread and with nothing between them and the kernel:
/// they share the cores with the relay, and what they take it cannot have.
@safe final class LoadLoop {
  struct Outcome {
    var histogram = Histogram()
    var refused = 0
    /// The status of the last refusal.
    var refusal: Int?
    var bytes = 0
  }

  /// When requests are due.
  enum Pace {
    /// The next as soon as the last is answered.
    case closed
    /// So many per second, answered or not; those that find no idle connection wait for one, and their
    /// latency counts from when they were due.
    case open(perSecond: Double)
  }

  struct ConnectionLost: Error, CustomStringConvertible {
    let description = "the relay ended a connection"
  }

  private struct Connection {
    let descriptor: Int32
    var answer = HTTPExchange()
    var due = ContinuousClock.now
  }

  private var connections: [Connection] = []
  /// Tells which connections have something to read, at a cost that does not grow with their number.
  private let ready: Int32
  private var events = unsafe [epoll_event](repeating: epoll_event(), count: 64)
  private var buffer = [UInt8](repeating: 0, count: 256 << 10)

  init(port: Int, connections count: Int) throws {
    ready = epoll_create1(0)
    for index in 0..<count {
      let descriptor = try Self.connect(port)
      connections.append(Connection(descriptor: descriptor))
      var event = unsafe epoll_event(
        events: EPOLLIN.rawValue, data: epoll_data(u64: UInt64(index)))
      _ = unsafe epoll_ctl(ready, EPOLL_CTL_ADD, descriptor, &event)
    }
  }

  deinit {
    close(ready)
    for connection in connections { close(connection.descriptor) }
  }

  /// Sends what `next` gives for each connection until it gives nil, and waits for all the answers.
  func run(_ pace: Pace = .closed, next: (Int) -> [UInt8]?) throws -> Outcome {
    var outcome = Outcome()
    let start = ContinuousClock.now
    var idle = Array(connections.indices.reversed())
    var isOver = false
    var sent = 0
    while !isOver || idle.count < connections.count {
      // Sends all that is due and finds a connection.
      while !isOver, let connection = idle.last {
        var due = ContinuousClock.now
        if case .open(let rate) = pace {
          due = start + .seconds(Double(sent) / rate)
          if due > .now { break }
        }
        guard let request = next(connection) else {
          isOver = true
          break
        }
        idle.removeLast()
        connections[connection].due = due
        sent += 1
        try send(request, on: connection)
      }
      if isOver, idle.count == connections.count { break }
      let count = wait(pace, sent: sent, start, idle, isOver)
      for index in 0..<count {
        let connection = unsafe Int(events[index].data.u64)
        if try receive(on: connection, &outcome) { idle.append(connection) }
      }
    }
    return outcome
  }

  /// Waits for an answer, or until the next request is due; how many connections have something.
  private func wait(
    _ pace: Pace, sent: Int, _ start: ContinuousClock.Instant, _ idle: [Int], _ isOver: Bool
  ) -> Int {
    guard case .open(let rate) = pace, !idle.isEmpty, !isOver else {
      return unsafe Int(max(0, epoll_wait(ready, &events, Int32(events.count), -1)))
    }
    let left = start + .seconds(Double(sent) / rate) - .now
    if left < .milliseconds(1) {
      // Finer than what `epoll_wait` can wait; turning round and round would take a core from the relay.
      usleep(UInt32(max(0, min(100, left.microseconds))))
    }
    let time = Int32(max(0, left / .milliseconds(1)))
    return unsafe Int(max(0, epoll_wait(ready, &events, Int32(events.count), time)))
  }

  private func send(_ request: [UInt8], on connection: Int) throws {
    var done = 0
    while done < request.count {
      let count = unsafe request.withUnsafeBytes {
        unsafe Glibc.send(
          connections[connection].descriptor, $0.baseAddress! + done, request.count - done,
          Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw ConnectionLost() }
      done += count
    }
  }

  /// Whether the answer is whole now.
  private func receive(on connection: Int, _ outcome: inout Outcome) throws -> Bool {
    let count = unsafe recv(connections[connection].descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { throw ConnectionLost() }
    guard let answer = connections[connection].answer.take(buffer[..<count]) else { return false }
    outcome.histogram.record(.now - connections[connection].due)
    outcome.bytes += answer.bodyCount
    if !(200..<300).contains(answer.status) {
      outcome.refused += 1
      outcome.refusal = answer.status
    }
    return true
  }

  private static func connect(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var yes: Int32 = 1
    _ = unsafe setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let done = unsafe withUnsafeBytes(of: &address) {
      unsafe Glibc.connect(
        descriptor, $0.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t($0.count))
    }
    guard done == 0 else {
      close(descriptor)
      throw ConnectionLost()
    }
    return descriptor
  }
}
