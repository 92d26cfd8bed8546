// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import RelayProtocol
import Synchronization

/// A server that answers each request with the next of its scripts, whatever was asked.
final class ScriptedServer: Sendable {
  /// What it does after a whole request has come.
  enum Step: Sendable {
    case send([UInt8])
    case wait(milliseconds: Int64)
    case close
    /// Says nothing more and keeps the connection.
    case stall
  }

  let address: RelayAddress
  private let channel: any Channel
  private let state: State

  final class State: Sendable {
    private let scripts: Mutex<[[Step]]>
    private let seen = Mutex<[String]>([])

    init(_ scripts: [[Step]]) { self.scripts = Mutex(scripts) }

    func next(_ request: String) -> [Step] {
      seen.withLock { $0.append(request) }
      return scripts.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [.close] }
    }

    var requests: [String] { seen.withLock { $0 } }
  }

  /// The heads of the requests that came.
  var requests: [String] { state.requests }

  /// The last script serves all further requests; the greeting is for every connection, before it says anything.
  init(greeting: [Step] = [], _ scripts: [Step]...) throws {
    let state = State(scripts)
    self.state = state
    channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { connection in
        connection.eventLoop.makeCompletedFuture {
          try connection.pipeline.syncOperations.addHandler(Handler(state, greeting))
        }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    address = try RelayAddress("http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
  }

  deinit { channel.close(promise: nil) }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let state: State
    private var received: [UInt8] = []

    private let greeting: [Step]

    init(_ state: State, _ greeting: [Step]) {
      self.state = state
      self.greeting = greeting
    }

    func channelActive(context: ChannelHandlerContext) { run(greeting, context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received += unwrapInboundIn(data).readableBytesView
      let text = String(decoding: received, as: UTF8.self)
      guard let head = text.range(of: "\r\n\r\n") else { return }
      let length =
        text[..<head.lowerBound].split(separator: "\r\n").compactMap { line -> Int? in
          let parts = line.split(separator: ": ")
          return parts[0].lowercased() == "content-length" ? Int(parts[1]) : nil
        }.first ?? 0
      guard received.count >= text[..<head.upperBound].utf8.count + length else { return }
      received = []
      run(state.next(String(text[..<head.lowerBound])), context)
    }

    private func run(_ steps: [Step], _ context: ChannelHandlerContext) {
      guard let step = steps.first else { return }
      let rest = Array(steps.dropFirst())
      switch step {
      case .send(let bytes):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        run(rest, context)
      case .wait(let milliseconds):
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
          handler.value.run(rest, bound.value)
        }
      case .close: context.close(promise: nil)
      case .stall: break
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}

extension ScriptedServer.Step {
  static func send(_ text: String) -> Self { .send(Array(text.utf8)) }

  /// A whole answer with a body of a stated length.
  static func answer(_ status: Int, _ fields: [String: String] = [:], _ body: [UInt8] = []) -> Self
  {
    let lines = fields.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
    let length = status == 204 ? "" : "Content-Length: \(body.count)\r\n"
    return .send(Array("HTTP/1.1 \(status) Some\r\n\(lines)\(length)\r\n".utf8) + body)
  }

  static func problem(_ problem: RelayProblem, _ fields: [String: String] = [:]) -> Self {
    answer(
      problem.status,
      fields.merging(["Content-Type": "application/problem+json"]) { $1 },
      Array(#"{"type":"urn:alcove:error:\#(problem.rawValue)","title":"x"}"#.utf8))
  }

  /// The head of a stream of unstated length.
  static let streamHead = Self.send(
    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.alcove.frames; v=1\r\n"
      + "Transfer-Encoding: chunked\r\n\r\n")

  static func chunk(_ bytes: [UInt8]) -> Self {
    .send(Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [13, 10])
  }

  static let lastChunk = Self.send("0\r\n\r\n")
}
