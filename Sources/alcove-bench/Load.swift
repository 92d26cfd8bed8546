// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import RelayProtocol

/// What is asked of a relay in a measurement.
final class Load {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let port: Int

  init(port: Int) { self.port = port }

  func stop() { try? group.syncShutdownGracefully() }

  struct Refused: Error, CustomStringConvertible {
    let status: Int
    var description: String { "the relay refuses what the measurement needs: \(status)" }
  }

  /// Fresh channels, created at the relay.
  func channels(_ count: Int, envelopeBytes: Int) throws -> [LoadChannel] {
    let channels = try (0..<count).map { _ in try LoadChannel(envelopeBytes: envelopeBytes) }
    _ = try all(channels.map(\.creation), connections: min(count, 64))
    return channels
  }

  /// Appends by so many clients for so long; each takes its own share of the channels in turn.
  ///
  /// - Parameter onceConnected: called when the clients are connected, before their first append.
  func appends(
    _ channels: inout [LoadChannel], clients: Int, _ pace: LoadPace = .closed,
    for time: Duration, onceConnected: () -> Void = {}
  ) throws -> (LoadOutcome, Duration) {
    let loop = try LoadLoop<HTTPExchange>(port: port, connections: clients)
    onceConnected()
    var next = Array(0..<clients)
    let start = ContinuousClock.now
    let end = start + time
    let outcome = try loop.run(pace) { client in
      guard ContinuousClock.now < end else { return nil }
      let channel = next[client]
      next[client] = channel + clients < channels.count ? channel + clients : client
      return channels[channel].append()
    }
    return (outcome, ContinuousClock.now - start)
  }

  /// Reads of so much from the beginning, by so many clients for so long; each takes its own share of the
  /// channels in turn.
  func pages(
    _ channels: [LoadChannel], bytes: Int, clients: Int, _ pace: LoadPace, for time: Duration
  ) throws -> LoadOutcome {
    let end = ContinuousClock.now + time
    var next = Array(0..<clients)
    return try LoadLoop<HTTPExchange>(port: port, connections: clients).run(pace) { client in
      guard ContinuousClock.now < end else { return nil }
      let channel = next[client]
      next[client] = channel + clients < channels.count ? channel + clients : client
      return channels[channel].read(after: 0, maximum: bytes)
    }
  }

  /// Reads whole channels by one client, 1 MiB at a time; envelopes per second.
  func catchUp(_ channels: [LoadChannel], envelopeBytes: Int) throws -> Double {
    let batch = max(1, (1 << 20) / envelopeBytes)
    let requests = channels.flatMap { channel in
      stride(from: 0, to: channel.count, by: batch).map {
        channel.read(after: $0, maximum: 1 << 20)
      }
    }
    let start = ContinuousClock.now
    let outcome = try all(requests, connections: 1)
    return Double(outcome.bytes / envelopeBytes) / (ContinuousClock.now - start).seconds
  }

  /// One client appends, another follows the same channel: the time between sending and seeing.
  func pushes(count: Int, envelopeBytes: Int) throws -> Latencies {
    guard var channel = try channels(1, envelopeBytes: envelopeBytes).first else {
      return Latencies()
    }
    let loop = group.next()
    let ready = loop.makePromise(of: Void.self)
    let done = loop.makePromise(of: [UInt64: ContinuousClock.Instant].self)
    let follow = channel.follow(after: 0)
    let follower = try ClientBootstrap(group: loop)
      .channelInitializer { connection in
        connection.eventLoop.makeCompletedFuture {
          try connection.pipeline.syncOperations.addHandler(
            FollowClient(request: follow, wanted: count, ready: ready, done: done))
        }
      }
      .connect(host: "127.0.0.1", port: port).wait()
    try ready.futureResult.wait()
    var sent: [ContinuousClock.Instant] = []
    _ = try LoadLoop<HTTPExchange>(port: port, connections: 1).run { _ in
      guard sent.count < count else { return nil }
      sent.append(.now)
      return channel.append()
    }
    let deadline = loop.scheduleTask(in: .seconds(3)) { follower.close(promise: nil) }
    let arrived = try done.futureResult.wait()
    deadline.cancel()
    var histogram = Latencies()
    for (index, instant) in sent.enumerated() {
      if let seen = arrived[UInt64(index) + 1] { histogram.record(seen - instant) }
    }
    return histogram
  }

  /// Sends one request and waits for its success.
  func send(_ request: [UInt8]) throws { try Self.once(request, port: port) }

  /// Sends one request to a relay and waits for its success.
  static func once(_ request: [UInt8], port: Int) throws {
    _ = try all([request], connections: 1, port: port)
  }

  /// Sends every request once.
  private func all(_ requests: [[UInt8]], connections: Int) throws -> LoadOutcome {
    try Self.all(requests, connections: connections, port: port)
  }

  private static func all(
    _ requests: [[UInt8]], connections: Int, port: Int
  ) throws -> LoadOutcome {
    var next = 0
    let outcome = try LoadLoop<HTTPExchange>(port: port, connections: connections).run { _ in
      guard next < requests.count else { return nil }
      defer { next += 1 }
      return requests[next]
    }
    if let status = outcome.refusal { throw Refused(status: status) }
    return outcome
  }
}
