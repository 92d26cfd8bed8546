// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// One connection, byte for byte: a client that may do what a client should not.
struct RawConnection {
  private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var buffer: [UInt8] = []
  private let channel: any Channel

  /// Stands below TLS: what it closes is cut off, without a word of TLS.
  private final class Wire: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer
  }

  /// Connects, and closes when `body` is done.
  static func open<Answer>(
    _ port: Int, tls: NIOSSLContext? = nil,
    _ body: (inout RawConnection) async throws -> Answer
  ) async throws -> Answer {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Wire())
          if let tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls, serverHostname: nil))
          }
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var connection = RawConnection(
        iterator: inbound.makeAsyncIterator(), outbound: outbound, channel: channel.channel)
      return try await body(&connection)
    }
  }

  private init(
    iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
    outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, channel: any Channel
  ) {
    self.iterator = iterator
    self.outbound = outbound
    self.channel = channel
  }

  /// Is gone, as a computer is whose network fails.
  func cut() async throws {
    try await channel.eventLoop.submit { [channel] in
      try channel.pipeline.syncOperations.context(handlerType: Wire.self).close(promise: nil)
    }.get()
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Sends, also to a relay that has closed meanwhile: the read that follows tells.
  func send(_ bytes: [UInt8]) async throws {
    do {
      try await outbound.write(ByteBuffer(bytes: bytes))
    } catch ChannelError.ioOnClosedChannel {
    } catch is NIOAsyncWriterError {
    }
  }

  /// Sends a request and reads its whole answer.
  mutating func ask(_ request: RawRequest) async throws -> RawResponse {
    try await send(request.bytes)
    // RFC 9112 §6.3: an answer to HEAD has no body, whatever its fields say.
    return request.method == "HEAD" ? try await head() : try await response()
  }

  /// The next answer with its body.
  mutating func response() async throws -> RawResponse {
    var response = try await head()
    if response.status == 204 || response.status < 200 { return response }
    if response["transfer-encoding"] == "chunked" {
      while let piece = try await chunk() { response.body += piece }
    } else if let count = response["content-length"].flatMap({ Int($0) }) {
      while buffer.count < count { try await more() }
      response.body = Array(buffer.prefix(count))
      buffer.removeFirst(count)
    }
    return response
  }

  /// The next answer up to its body.
  mutating func head() async throws -> RawResponse {
    RawResponse(head: try await read(until: "\r\n\r\n"))
  }

  /// The next chunk of a streaming body; nil behind the last.
  mutating func chunk() async throws -> [UInt8]? {
    let line = String(decoding: try await read(until: "\r\n"), as: UTF8.self)
    guard let count = Int(line, radix: 16) else { throw RawError.noAnswer }
    while buffer.count < count + 2 { try await more() }
    let piece = Array(buffer.prefix(count))
    buffer.removeFirst(count + 2)
    return count == 0 ? nil : piece
  }

  /// The next `count` bytes.
  mutating func read(_ count: Int) async throws -> [UInt8] {
    while buffer.count < count { try await more() }
    let bytes = Array(buffer.prefix(count))
    buffer.removeFirst(count)
    return bytes
  }

  /// Waits until the other side has closed.
  mutating func readToEnd() async -> [UInt8] {
    do { while true { try await more() } } catch {}
    return buffer
  }

  private mutating func read(until end: String) async throws -> [UInt8] {
    let mark = Array(end.utf8)
    while true {
      if let found = buffer.firstRange(of: mark) {
        let bytes = Array(buffer[..<found.lowerBound])
        buffer.removeFirst(found.upperBound)
        return bytes
      }
      try await more()
    }
  }

  private mutating func more() async throws {
    guard let piece = try await iterator.next(isolation: #isolation) else { throw RawError.closed }
    buffer += Array(piece.readableBytesView)
  }
}

enum RawError: Error { case closed, noAnswer }

/// A request as text, whole or wrong.
struct RawRequest {
  var method: String
  var path: String
  var fields: [(name: String, value: String)]
  var body: [UInt8] = []
  /// Whether `Content-Length` is added.
  var hasLength = true

  var bytes: [UInt8] { Array(head.utf8) + body }

  var head: String {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: relay\r\n"
    for (name, value) in fields { text += "\(name): \(value)\r\n" }
    if hasLength, method == "POST" || method == "PUT" {
      text += "Content-Length: \(body.count)\r\n"
    }
    return text + "\r\n"
  }

  /// The same with one field replaced, added, or without it.
  func with(_ name: String, _ value: String?) -> RawRequest {
    var request = self
    request.fields.removeAll { $0.name == name }
    if let value { request.fields.append((name, value)) }
    return request
  }
}

struct RawResponse {
  let status: Int
  let fields: [String: String]
  var body: [UInt8] = []

  init(head: [UInt8]) {
    let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
    status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
    fields = Dictionary(
      lines.dropFirst().compactMap { line in
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        return (line[..<colon].lowercased(), value)
      }, uniquingKeysWith: { $1 })
  }

  subscript(_ name: String) -> String? { fields[name.lowercased()] }

  var text: String { String(decoding: body, as: UTF8.self) }

  /// The name of the problem that it reports.
  var problem: String? {
    guard self["content-type"] == "application/problem+json",
      let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
      let type = object["type"] as? String, type.hasPrefix("urn:alcove:error:")
    else { return nil }
    return String(type.dropFirst(17))
  }
}
