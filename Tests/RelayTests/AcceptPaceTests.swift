// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import Relay

struct AcceptPaceTests {
  private func serving(_ body: (any Channel) async throws -> Void) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.maxMessagesPerRead, value: AcceptPace.atOnce)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPace())
        }
      }
      .childChannelInitializer { channel in
        // Who was taken is told so.
        channel.eventLoop.makeCompletedFuture {
          channel.writeAndFlush(ByteBuffer(string: "a"), promise: nil)
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    try await body(server)
    try await server.close()
  }

  /// Counts how often the socket is asked for more.
  private final class Asked: ChannelOutboundHandler {
    typealias OutboundIn = Never
    var count = 0

    func read(context: ChannelHandlerContext) { count += 1 }
  }

  @Test func `after each handful it rests, and then asks once for all that was asked meanwhile`()
    throws
  {
    let channel = EmbeddedChannel()
    let asked = Asked()
    try channel.pipeline.syncOperations.addHandlers(asked, AcceptPace())
    channel.read()
    #expect(asked.count == 1)
    channel.pipeline.fireChannelReadComplete()
    channel.read()
    channel.read()
    channel.embeddedEventLoop.advanceTime(by: .microseconds(499))
    #expect(asked.count == 1)
    channel.embeddedEventLoop.advanceTime(by: .microseconds(1))
    #expect(asked.count == 2)
    // Who asks after the rest is over is not held up, and nobody is asked for whom.
    channel.pipeline.fireChannelReadComplete()
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(asked.count == 2)
    channel.read()
    #expect(asked.count == 3)
  }

  @Test func `everybody is taken, however many come at once`() async throws {
    try await serving { server in
      let port = try #require(server.localAddress?.port)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for _ in 0..<100 {
          tasks.addTask {
            try await RawConnection.open(port) { connection in
              _ = try await connection.read(1)
            }
          }
        }
        try await tasks.waitForAll()
      }
    }
  }

  @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
  func `where there is no room for a connection the socket is let go of for a while`(
    code: Int32
  ) async throws {
    try await serving { server in
      let port = try #require(server.localAddress?.port)
      server.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
      var isAsking = try await server.getOption(.autoRead).get()
      #expect(!isAsking)
      try await RawConnection.open(port) { connection in
        _ = try await connection.read(1)
      }
      isAsking = try await server.getOption(.autoRead).get()
      #expect(isAsking)
    }
  }

  @Test func `a connection that went before it was taken holds up nobody`() async throws {
    try await serving { server in
      server.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
      let isAsking = try await server.getOption(.autoRead).get()
      #expect(isAsking)
    }
  }
}
