// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Relay

struct BackgroundTurnsTests {
  /// Notes what happens on an event loop, in its order.
  private final class Notes: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock(\.self) }
  }

  private final class Reader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let notes: Notes
    init(_ notes: Notes) { self.notes = notes }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { notes.add("read") }
  }

  @Test func `everybody has a turn, in order and one at a time`() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let turns = BackgroundTurns()
    let notes = Notes()
    for number in 0..<100 { turns.call(on: loop) { notes.add("\(number)") } }
    await turns.wait(on: loop)
    #expect(notes.all == (0..<100).map(String.init))
    // The line is empty now, and begins again.
    await turns.wait(on: loop)
  }

  @Test func `who has had much gives way to who has not, and goes on as well`() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let turns = BackgroundTurns()
    let notes = Notes()
    // On the loop itself, so that all of them wait before the first has its turn.
    try await loop.submit {
      for number in 0..<3 { turns.call(on: loop, isNew: false) { notes.add("old \(number)") } }
      for number in 0..<5 { turns.call(on: loop) { notes.add("new \(number)") } }
    }.get()
    while notes.all.count < 8 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(
      notes.all == [
        "new 0", "new 1", "new 2", "old 0", "new 3", "new 4", "old 1", "old 2",
      ])
  }

  @Test(arguments: [false, true])
  func `between two turns the loop hears its connections`(lettingTasksGoOn: Bool) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.any()
    let notes = Notes()
    let server = try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Reader(notes))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let address = try #require(server.localAddress)
    // Of another group, so that it sends while this loop is busy.
    let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(to: address).get()
    let turns = BackgroundTurns()
    let sent = DispatchSemaphore(value: 0)
    @Sendable func work(_ number: Int) {
      notes.add("turn")
      if number == 0 {
        client.writeAndFlush(ByteBuffer(string: "a")).whenComplete { _ in sent.signal() }
        sent.wait()
      }
      // Longer than the loop rests between two.
      usleep(100)
    }
    // Each asks for the next: as a chain of tasks this would be done before anything is read.
    @Sendable func ask(_ number: Int) {
      turns.call(on: loop) {
        work(number)
        if number < 200 { ask(number + 1) }
      }
    }
    if lettingTasksGoOn {
      await Task(executorPreference: EventLoopTasks(loop)) {
        for number in 0...200 {
          await turns.wait(on: loop)
          work(number)
        }
      }.value
    } else {
      ask(0)
    }
    while notes.all.count < 202 { try await Task.sleep(for: .milliseconds(5)) }
    let read = try #require(notes.all.firstIndex(of: "read"))
    #expect(read < 200)
    try await client.close()
    try await server.close()
    try await group.shutdownGracefully()
  }

  /// A thread that is not let on for a while between any two of its steps.
  @Test func `a line goes on however long its thread stands still`() async throws {
    let time = Mutex(NIODeadline.now())
    let turns = BackgroundTurns {
      time.withLock { time in
        time = time + .milliseconds(1)
        return time
      }
    }
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let notes = Notes()
    for number in 0..<10 { turns.call(on: loop) { notes.add("\(number)") } }
    await turns.wait(on: loop)
    #expect(notes.all == (0..<10).map(String.init))
  }

  /// On a busy loop many milliseconds lie between two looks at the line: what others do meanwhile is no reason
  /// to rest, or follows, heartbeats and deadlines would wait for minutes.
  @Test(arguments: [false, true])
  func `a loop that is busy with others goes on with its line`(lettingTasksGoOn: Bool) async throws
  {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.any()
    let turns = BackgroundTurns()
    let notes = Notes()
    let others = 150
    /// The loop never comes to an end of its tasks.
    @Sendable func keepBusy(_ left: Int, _ done: EventLoopPromise<Int>) {
      usleep(1_000)
      guard left > 0 else { return done.succeed(notes.all.count) }
      loop.execute { keepBusy(left - 1, done) }
    }
    let done = loop.makePromise(of: Int.self)
    let tasks = Task(executorPreference: EventLoopTasks(loop)) {
      await withTaskGroup { tasks in
        for _ in 0..<(others * 8) {
          if lettingTasksGoOn {
            tasks.addTask {
              await turns.wait(on: loop)
              notes.add("turn")
            }
          } else {
            turns.call(on: loop) { notes.add("turn") }
          }
        }
      }
    }
    loop.execute { keepBusy(others, done) }
    let had = try await done.futureResult.get()
    // A task has a turn of its own; small pieces share one.
    #expect(had > (lettingTasksGoOn ? others / 8 : others))
    await tasks.value
    try await group.shutdownGracefully()
  }

  @Test(arguments: [
    (0, 1, 20_000), (0, 8, 160_000), (1_000_000, 8, 1_000_000), (3_000_000_000, 1, 5_000_000),
  ])
  func `a loop rests as long as a turn took, within bounds`(
    work: Int64, pieces: Int, rest: Int64
  ) {
    #expect(
      BackgroundTurns.rest(after: .nanoseconds(work), pieces: pieces) == .nanoseconds(rest))
  }
}
