// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The connections of a load, all in the caller's thread and with nothing between them and the kernel:
/// they share the cores with the relay, and what they take it cannot have.
@safe final class LoadLoop<Exchange: AnswerReader> {
  private struct Connection {
    let descriptor: Int32
    var answer = Exchange()
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
      let descriptor = try LoadSocket.connect(port)
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
  func run(_ pace: LoadPace = .closed, next: (Int) -> [UInt8]?) throws -> LoadOutcome {
    var outcome = LoadOutcome()
    let start = ContinuousClock.now
    var idle = Array(connections.indices.reversed())
    var isOver = false
    var sent = 0
    while !isOver || idle.count < connections.count {
      // Sends all that is due and finds a connection: the one that has rested longest, so that none rests
      // until the relay ends it.
      while !isOver, let connection = idle.first {
        var due = ContinuousClock.now
        if case .open(let rate) = pace {
          due = start + .seconds(Double(sent) / rate)
          if due > .now { break }
        }
        guard let request = next(connection) else {
          isOver = true
          break
        }
        idle.removeFirst()
        connections[connection].due = due
        sent += 1
        try LoadSocket.send(request, on: connections[connection].descriptor)
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
    _ pace: LoadPace, sent: Int, _ start: ContinuousClock.Instant, _ idle: [Int], _ isOver: Bool
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

  /// Whether the answer is whole now.
  private func receive(on connection: Int, _ outcome: inout LoadOutcome) throws -> Bool {
    let count = unsafe recv(connections[connection].descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { throw LoadSocket.Lost(count < 0 ? "recv" : nil) }
    guard let answer = connections[connection].answer.take(buffer[..<count]) else { return false }
    outcome.histogram.record(.now - connections[connection].due)
    outcome.bytes += answer.bodyCount
    if !answer.isSuccess {
      outcome.refused += 1
      outcome.refusal = answer.status
    }
    return true
  }
}
