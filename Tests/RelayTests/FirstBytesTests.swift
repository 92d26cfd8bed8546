// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Relay

/// What is made for a connection before it has said something, and what is not.
struct FirstBytesTests {
  /// Says what it is told, in its order.
  private final class Notes: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock(\.self) }
    func add(_ line: String) { lines.withLock { $0.append(line) } }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      add(String(buffer: unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) { add("complete") }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { add("event") }
  }

  private static func channel(
    _ notes: Notes, limit: TimeAmount = .hours(1),
    _ prepare: @escaping (any Channel, NIODeadline) -> EventLoopFuture<Void>
  ) throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(
      handler: FirstBytes(limit, BackgroundTurns()) {
        notes.add("time")
      } prepare: {
        notes.add("prepare")
        return prepare($0, $1)
      })
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  private static func add(_ notes: Notes, _ channel: any Channel) -> EventLoopFuture<Void> {
    channel.pipeline.addHandler(notes)
  }

  @Test func `a connection is prepared by its first bytes, once, and loses none of them`() throws {
    let notes = Notes()
    let channel = try Self.channel(notes) { channel, _ in Self.add(notes, channel) }
    #expect(notes.all == [])
    for text in ["a", "b"] { try channel.writeInbound(ByteBuffer(string: text)) }
    #expect(notes.all == ["prepare", "a", "complete", "b", "complete"])
    #expect(throws: ChannelPipelineError.self) {
      _ = try channel.pipeline.syncOperations.handler(type: FirstBytes.self)
    }
  }

  @Test func `bytes that come while it is prepared wait, in their order`() throws {
    let notes = Notes()
    var made: EventLoopPromise<Void>?
    let channel = try Self.channel(notes) { channel, _ in
      let promise = channel.eventLoop.makePromise(of: Void.self)
      made = promise
      return promise.futureResult.flatMap { Self.add(notes, channel) }
    }
    for text in ["a", "b", "c"] { try channel.writeInbound(ByteBuffer(string: text)) }
    #expect(notes.all == ["prepare"])
    made?.succeed()
    channel.embeddedEventLoop.run()
    #expect(notes.all == ["prepare", "a", "b", "c", "complete"])
    try channel.writeInbound(ByteBuffer(string: "d"))
    #expect(notes.all.suffix(2) == ["d", "complete"])
  }

  @Test func `one that cannot be prepared is closed`() throws {
    let notes = Notes()
    let channel = try Self.channel(notes) { channel, _ in
      channel.eventLoop.makeFailedFuture(ChannelError.eof)
    }
    try channel.writeInbound(ByteBuffer(string: "a"))
    #expect(!channel.isActive && notes.all == ["prepare"])
  }

  @Test
  func
    `one that has said nothing and will not is closed, and so is one that a relay going down has`()
    throws
  {
    for event in [ChannelEvent.inputClosed, ChannelShouldQuiesceEvent()] as [any Sendable] {
      let notes = Notes()
      let silent = try Self.channel(notes) { channel, _ in Self.add(notes, channel) }
      silent.pipeline.fireUserInboundEventTriggered(event)
      #expect(!silent.isActive && notes.all == [])
      // What was prepared decides for itself.
      let heard = try Self.channel(notes) { channel, _ in Self.add(notes, channel) }
      try heard.writeInbound(ByteBuffer(string: "a"))
      heard.pipeline.fireUserInboundEventTriggered(event)
      #expect(heard.isActive && notes.all == ["prepare", "a", "complete", "event"])
    }
  }

  @Test func `the time that has run before the first byte counts`() throws {
    let notes = Notes()
    var since: NIODeadline?
    let channel = try Self.channel(notes) { channel, began in
      since = began
      return channel.eventLoop.makeSucceededVoidFuture()
    }
    let connected = NIODeadline.now()
    try channel.writeInbound(ByteBuffer(string: "a"))
    #expect(try #require(since) <= connected)
  }

  @Test(arguments: [true, false])
  func `header fields that begin when their time is over end the connection`(isOver: Bool) throws {
    let notes = Notes()
    let channel = EmbeddedChannel(
      handler: HeaderDeadline(
        .hours(1), since: isOver ? .now() - .hours(1) : nil, BackgroundTurns()
      ) { notes.add("time") })
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    channel.embeddedEventLoop.advanceTime(to: .now())
    channel.embeddedEventLoop.run()
    #expect(channel.isActive == !isOver && notes.all == (isOver ? ["time"] : []))
  }
}
