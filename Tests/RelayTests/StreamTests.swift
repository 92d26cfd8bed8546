// SPDX-License-Identifier: Apache-2.0

import Primitives
import Relay
import RelayProtocol
import Testing
import WireFormat

@Suite struct StreamTests {
  @Test func `a read that waits is answered by the next append`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      async let waiting = relay.ask(member.read("?wait=60"))
      // One that comes after the append has nothing to wait for.
      try await Task.sleep(for: .milliseconds(300))
      #expect(try await relay.ask(member.append()).status == 201)
      let frames = try await waiting.body.frames
      #expect(frames.count == 2)
      #expect(try await relay.ask(member.read("?after=1&wait=1")).status == 204)
    }
  }

  @Test func `a follower gets what there is, then what comes, then its turn and no more`()
    async throws
  {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      #expect(try await relay.ask(member.append()).status == 201)
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(TestMember.follow([member.subscription()]).bytes)
        #expect(try await connection.head().status == 200)
        #expect(try await stream.next(&connection)?.position == 1)
        #expect(try await stream.next(&connection)?.isCaughtUp == true)

        #expect(try await relay.ask(member.append()).status == 201)
        #expect(try await stream.next(&connection)?.position == 2)
        #expect(try await stream.next(&connection)?.isCaughtUp == true)

        let (turn, next) = member.turning()
        #expect(try await relay.ask(turn).status == 201)
        for _ in 0..<3 { #expect(try await relay.ask(next.append()).status == 201) }
        #expect(try await stream.next(&connection)?.position == 3)
        #expect(
          try await stream.next(&connection)?.body == .turned(last: Position(3)))
        // Its only subscription is over, and so is the stream.
        #expect(try await stream.next(&connection)?.isBye == true)
        #expect(try await stream.next(&connection) == nil)
      }
    }
  }

  @Test func `of a hundred followers whose token is retired none gets one envelope too many`()
    async throws
  {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let port = relay.port
      let (turn, next) = member.turning()
      let (followers, arrived) = AsyncStream.makeStream(of: Void.self)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<100 {
          tasks.addTask {
            try await RawConnection.open(port) { connection in
              var stream = FrameStream()
              try await connection.send(TestMember.follow([member.subscription()]).bytes)
              #expect(try await connection.head().status == 200)
              #expect(try await stream.next(&connection)?.isCaughtUp == true)
              arrived.yield()
              var positions: [UInt64] = []
              var last: UInt64?
              while let frame = try await stream.next(&connection) {
                if let position = frame.position { positions.append(position) }
                if case .turned(let end) = frame.body { last = end.value }
              }
              // Everything up to the turn that removed them, and that it was the turn.
              let end = try #require(last)
              #expect(positions == Array(1...end))
            }
          }
        }
        tasks.addTask {
          var iterator = followers.makeAsyncIterator()
          for _ in 0..<100 { await iterator.next() }
          // Those who stay write before, with and after the turn.
          try await withThrowingTaskGroup(of: Int.self) { writers in
            for index in 0..<40 {
              writers.addTask {
                if index == 20 { return try await relay.ask(turn).status }
                return try await relay.ask((index < 20 ? member : next).append()).status
              }
            }
            // Before the turn the next token opens nothing, behind it the last one is retired.
            for try await status in writers { #expect([201, 404, 409].contains(status)) }
          }
          for _ in 0..<20 { #expect(try await relay.ask(next.append()).status == 201) }
        }
        try await tasks.waitForAll()
      }
    }
  }

  @Test func `one stream carries many channels, and refuses one without the others`()
    async throws
  {
    try await LiveRelay.run { relay in
      let members = try (0..<20).map { try TestMember(seed: $0 + 1) }
      let behind = try TestMember(seed: 21)
      for member in members.dropLast() + [behind] {
        #expect(try await relay.ask(member.create()).status == 201)
      }
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        let subscriptions =
          members.map { $0.subscription() } + [behind.subscription(after: 5)]
        try await connection.send(TestMember.follow(subscriptions).bytes)
        #expect(try await connection.head().status == 200)
        for index in 0..<19 {
          let frame = try await stream.next(&connection)
          #expect(frame?.subscription == UInt16(index) && frame?.isCaughtUp == true)
        }
        #expect(
          try await stream.next(&connection)
            == Frame(subscription: 19, .refused(.noSuchChannel)))
        #expect(
          try await stream.next(&connection) == Frame(subscription: 20, .refused(.beyondHead)))
        #expect(try await relay.ask(members[7].append()).status == 201)
        let pushed = try await stream.next(&connection)
        #expect(pushed?.subscription == 7 && pushed?.position == 1)
      }
    }
  }

  @Test func `one stream carries a channel under the token of before and that of now`() async throws
  {
    try await LiveRelay.run { relay in
      let before = try TestMember(seed: 1)
      #expect(try await relay.ask(before.create()).status == 201)
      let (turn, now) = before.turning()
      #expect(try await relay.ask(turn).status == 201)
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        let both = [before.subscription(after: 1), now.subscription(after: 1)]
        try await connection.send(TestMember.follow(both).bytes)
        #expect(try await connection.head().status == 200)
        #expect(
          try await stream.next(&connection) == Frame(subscription: 0, .turned(last: Position(1))))
        let frame = try await stream.next(&connection)
        #expect(frame?.subscription == 1 && frame?.isCaughtUp == true)
        #expect(try await relay.ask(now.append()).status == 201)
        let pushed = try await stream.next(&connection)
        #expect(pushed?.subscription == 1 && pushed?.position == 2)
      }
      let nothing = RawRequest(method: "POST", path: "/v1/follow", fields: [])
      let refused = try await relay.ask(nothing)
      #expect(refused.status == 400 && refused.problem == "malformed")
    }
  }

  @Test func `a large envelope is announced, and what follows it is pushed again`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(TestMember.follow([member.subscription()]).bytes)
        #expect(try await connection.head().status == 200)
        #expect(try await stream.next(&connection)?.isCaughtUp == true)
        #expect(try await relay.ask(member.append(size: 262_144)).status == 201)
        #expect(try await stream.next(&connection)?.body == .head(Position(1)))
        #expect(try await relay.ask(member.append()).status == 201)
        var pushed = try await stream.next(&connection)
        if pushed?.isCaughtUp == true { pushed = try await stream.next(&connection) }
        #expect(pushed?.position == 2)
        #expect(try await relay.ask(member.append(size: 262_144)).status == 201)
        var announced = try await stream.next(&connection)
        if announced?.isCaughtUp == true { announced = try await stream.next(&connection) }
        #expect(announced?.body == .head(Position(3)))
      }
    }
  }

  @Test func `silence is filled with heartbeats`() async throws {
    var limits = RelayLimits()
    limits.heartbeatSeconds = 1
    try await LiveRelay.run(limits) { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      try await RawConnection.open(relay.port) { connection in
        var stream = FrameStream()
        try await connection.send(TestMember.follow([member.subscription()]).bytes)
        #expect(try await connection.head().status == 200)
        #expect(try await stream.next(&connection)?.isCaughtUp == true)
        for _ in 0..<2 {
          #expect(try await stream.next(&connection)?.body == .heartbeat(1_700_000_000))
        }
      }
    }
  }

  @Test func `malformed follows are refused`() async throws {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      let good = TestMember.follow([member.subscription()])
      var version = good
      version.body[0] = 2
      var cut = good
      cut.body.removeLast()
      var trailing = good
      trailing.body.append(0)
      let twice = TestMember.follow([member.subscription(), member.subscription(after: 1)])
      for request in [version, cut, trailing, twice, TestMember.follow([])] {
        let answer = try await relay.ask(request)
        #expect(answer.status == 400 && answer.problem == "malformed")
      }
      var large = good
      large.body = [UInt8](repeating: 0, count: Follow.maximumLength + 1)
      #expect(try await relay.ask(large).status == 413)
    }
  }

  @Test func `when the relay goes down its followers are told, and those who wait are answered`()
    async throws
  {
    try await LiveRelay.run { relay in
      let member = try TestMember(seed: 1)
      #expect(try await relay.ask(member.create()).status == 201)
      let port = relay.port
      let (followers, arrived) = AsyncStream.makeStream(of: Void.self)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for index in 0..<40 {
          tasks.addTask {
            if index.isMultiple(of: 4) {
              try await RawConnection.open(port) { connection in
                try await connection.send(member.read("?wait=60").bytes)
                arrived.yield()
                let answer = try await connection.response()
                #expect(answer.status == 204)
              }
              return
            }
            try await RawConnection.open(port) { connection in
              var stream = FrameStream()
              try await connection.send(TestMember.follow([member.subscription()]).bytes)
              #expect(try await connection.head().status == 200)
              #expect(try await stream.next(&connection)?.isCaughtUp == true)
              arrived.yield()
              guard case .bye(.drain, let pause) = try await stream.next(&connection)?.body else {
                Issue.record("a stream ended without a word")
                return
              }
              #expect(pause > 0)
              #expect(try await stream.next(&connection) == nil)
            }
          }
        }
        tasks.addTask {
          var iterator = followers.makeAsyncIterator()
          for _ in 0..<40 { await iterator.next() }
          // What was sent is with the relay by then.
          try await Task.sleep(for: .milliseconds(500))
          await relay.shutDown()
        }
        try await tasks.waitForAll()
      }
    }
  }
}

extension Frame {
  var position: UInt64? {
    if case .envelope(let entry) = body { entry.position.value } else { nil }
  }
  var isCaughtUp: Bool { if case .caughtUp = body { true } else { false } }
  var isBye: Bool { if case .bye = body { true } else { false } }
}
