// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import RelayProtocol
import Synchronization

/// The clients of a measurement, all in one thread: they share the cores with the relay.
final class Load {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let port: Int

  init(port: Int) { self.port = port }

  func stop() { try? group.syncShutdownGracefully() }

  /// Fresh channels, created at the relay.
  func channels(_ count: Int, envelopeBytes: Int) throws -> [LoadChannel] {
    let channels = try (0..<count).map { _ in try LoadChannel(envelopeBytes: envelopeBytes) }
    let outcome = try run([channels.map(\.creation)])
    guard outcome.refused == 0 else { throw Refused() }
    return channels
  }

  struct Refused: Error, CustomStringConvertible {
    let description = "the relay refuses what the measurement needs"
  }

  /// One client per channel, for so long.
  func appends(
    _ channels: [LoadChannel], for time: Duration
  ) throws -> (LoadClient.Outcome, Duration) {
    let start = ContinuousClock.now
    let end = start + time
    let outcome = try run(
      channels.map { channel in
        { @Sendable () -> [UInt8]? in ContinuousClock.now < end ? channel.append() : nil }
      })
    return (outcome, ContinuousClock.now - start)
  }

  /// Reads whole channels by one client, 1 MiB at a time; envelopes per second.
  func catchUp(_ channels: [LoadChannel], each: Int, envelopeBytes: Int) throws -> Double {
    let batch = max(1, (1 << 20) / envelopeBytes)
    let requests = channels.prefix(16).flatMap { channel in
      stride(from: 0, to: max(each, 1), by: batch).map {
        channel.read(after: UInt64($0), maximum: 1 << 20)
      }
    }
    let start = ContinuousClock.now
    let outcome = try run([requests])
    guard outcome.refused == 0 else { throw Refused() }
    return Double(outcome.bytes / envelopeBytes) / (ContinuousClock.now - start).seconds
  }

  /// One client appends, another follows the same channel: the time between sending and seeing.
  func pushes(count: Int, envelopeBytes: Int) throws -> Histogram {
    guard let channel = try channels(1, envelopeBytes: envelopeBytes).first else {
      return Histogram()
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
    let sent = Mutex<[ContinuousClock.Instant]>([])
    _ = try run([
      { @Sendable () -> [UInt8]? in
        sent.withLock {
          guard $0.count < count else { return nil }
          $0.append(ContinuousClock.now)
          return channel.append()
        }
      }
    ])
    let deadline = loop.scheduleTask(in: .seconds(3)) { follower.close(promise: nil) }
    let arrived = try done.futureResult.wait()
    deadline.cancel()
    var histogram = Histogram()
    for (index, instant) in sent.withLock({ $0 }).enumerated() {
      if let seen = arrived[UInt64(index) + 1] { histogram.record(seen - instant) }
    }
    return histogram
  }

  private func run(_ clients: [[[UInt8]]]) throws -> LoadClient.Outcome {
    try run(
      clients.map { requests in
        let next = Atomic(0)
        return { @Sendable () -> [UInt8]? in
          let index = next.add(1, ordering: .relaxed).oldValue
          return index < requests.count ? requests[index] : nil
        }
      })
  }

  private func run(
    _ clients: [@Sendable () -> [UInt8]?]
  ) throws -> LoadClient.Outcome {
    let outcomes = try clients.map { requests in
      let loop = group.next()
      let done = loop.makePromise(of: LoadClient.Outcome.self)
      _ = try ClientBootstrap(group: loop)
        .channelInitializer { connection in
          connection.eventLoop.makeCompletedFuture {
            try connection.pipeline.syncOperations.addHandler(
              LoadClient(done: done, requests: requests))
          }
        }
        .connect(host: "127.0.0.1", port: port).wait()
      return done.futureResult
    }
    var total = LoadClient.Outcome()
    for outcome in outcomes {
      let one = try outcome.wait()
      total.histogram.merge(one.histogram)
      total.refused += one.refused
      total.bytes += one.bytes
    }
    return total
  }
}
