// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import RelayProtocol
import Testing

@testable import Relay

/// How a relay goes down when something is in the way.
@Suite(.serialized) struct DrainTests {
  @Test(.enabled(if: Tool.strace.isExpected, "strace is not installed"))
  func `a relay whose disk hangs ends within ten seconds, and has lost nothing`() async throws {
    // From the writer's sixth flush on, each takes a third of a minute.
    let failing = try await FailingRelay("delay_enter=20000000:when=6+", into: "fdatasync,fsync")
    defer { failing.remove() }
    let (relay, member) = (failing.relay, failing.member)
    var acknowledged = 0
    var waiting: RawRequest?
    while waiting == nil, acknowledged < 20 {
      let request = member.append()
      let answered = Level()
      Task {
        let answer = try? await relay.ask(request)
        // Whoever waits when the process ends has no answer.
        if answer?.status == 201 { answered.add(1) }
      }
      for _ in 0..<250 where answered.current == 0 {
        try await Task.sleep(for: .milliseconds(20))
      }
      if answered.current == 0 { waiting = request } else { acknowledged += 1 }
    }
    let unknown = try #require(waiting)
    let began = ContinuousClock.now
    relay.send(SIGTERM)
    while !relay.logged.contains("drain-overdue"), ContinuousClock.now - began < .seconds(30) {
      try await Task.sleep(for: .milliseconds(50))
    }
    // It is written as the last thing. (What is traced is gone only when its tracer lets it.)
    #expect(relay.logged.contains("drain-overdue"))
    // And by then ten seconds are over; the rest is for a machine that is busy.
    #expect(ContinuousClock.now - began < .seconds(14))
    #expect(relay.wait() == 75)

    let again = try failing.again()
    #expect([200, 201].contains(try await again.ask(unknown).status))
    let frames = try await again.ask(member.read()).body.frames
    #expect(frames.count == acknowledged + 2)
    again.send(SIGTERM)
    #expect(again.wait() == 0)
  }

  @Test func `a drain ends those who stay, in time and in order`() async throws {
    let folder = try RelayProcess.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let home = folder.appending(path: "relay")
    #expect(try RelayProcess.run(["init", "--directory", home.path]).status == 0)
    let relay = try RelayProcess(serving: home, log: folder.appending(path: "log"))
    let member = try TestMember(seed: 1)
    #expect(try await relay.ask(member.create()).status == 201)
    let request = member.append()
    try await RawConnection.open(relay.port) { slow in
      try await slow.send(Array(request.bytes.prefix(request.bytes.count / 2)))
      #expect(try await relay.ask(member.read()).status == 200)
      relay.send(SIGTERM)
      #expect(relay.wait() == 0)
      _ = await slow.readToEnd()
    }
    #expect(relay.logged.contains("drained") && !relay.logged.contains("drain-overdue"))
  }

  @Test func `a relay that is cancelled ends, whoever is connected, and tells who follows`()
    async throws
  {
    let member = try TestMember(seed: 1)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let running = Task {
      try await LiveRelay.run { relay in
        #expect(try await relay.ask(member.create()).status == 201)
        port.yield(relay.port)
        try await Task.sleep(for: .seconds(3_600))
      }
    }
    var iterator = ports.makeAsyncIterator()
    let at = try #require(await iterator.next())
    let (begun, told) = (Level(), Level())
    let followers = 16
    await withTaskGroup(of: Void.self) { peers in
      for _ in 0..<followers {
        peers.addTask {
          try? await RawConnection.open(at) { follower in
            try await follower.send(TestMember.follow([member.subscription()]).bytes)
            if try await follower.head().status == 200 { begun.add(1) }
            var stream = FrameStream()
            while let frame = try await stream.next(&follower) {
              if case .bye(.drain, _) = frame.body { told.add(1) }
            }
          }
        }
      }
      peers.addTask {
        try? await RawConnection.open(at) { slow in
          let request = member.append()
          try await slow.send(Array(request.bytes.prefix(request.bytes.count / 2)))
          begun.add(1)
          _ = await slow.readToEnd()
        }
      }
      for _ in 0..<6_000 where begun.current <= followers {
        try? await Task.sleep(for: .milliseconds(10))
      }
      running.cancel()
      // All see the end of their connections.
      await peers.waitForAll()
    }
    #expect(begun.current == followers + 1 && told.current == followers)
    _ = await running.result
  }

  @Test func `a place that takes no connections any more is an error`() async throws {
    let listener = try await Listener(at: .network(host: "127.0.0.1", port: 0)) { channel, _ in
      channel.eventLoop.makeSucceededVoidFuture()
    }
    let port = try #require(listener.channel.localAddress?.port)
    try await RawConnection.open(port) { peer in
      try await listener.channel.close()
      await #expect(throws: Listener.Failed.self) { try await listener.serve() }
      // Who was connected is not kept.
      _ = await peer.readToEnd()
    }
  }

  @Test func `a relay goes down while connections of HTTP 2 begin, and streams on them`()
    async throws
  {
    // What is dropped open would end this very process.
    for round in 0..<6 {
      let metrics = try await TLSTests.run { relay, _ in
        let tls = try RawHTTP2.tls()
        let (begun, ended) = (Level(), Level())
        await withTaskGroup(of: Void.self) { tasks in
          for _ in 0..<16 {
            tasks.addTask {
              _ = try? await RawConnection.open(relay.port, tls: tls) { connection in
                try await connection.send(RawHTTP2.beginning)
                for stream in stride(from: UInt32(1), to: 400, by: 2) {
                  try await connection.send(
                    RawHTTP2.request(stream, RawHTTP2.get("/v1/relay")))
                  begun.add(1)
                }
                _ = await connection.readToEnd()
              }
              ended.add(1)
            }
          }
          while begun.current < 1 + 200 * round, ended.current < 16 { await Task.yield() }
          await relay.shutDown()
        }
        #expect(begun.current > 0 && ended.current == 16)
        return relay.metrics
      }
      // Once it has gone down: the last of its peers may know before.
      #expect(metrics.connections.current == 0)
    }
  }
}
