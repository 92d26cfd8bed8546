// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOHTTP1

/// What HTTP/1 asks of a server and the library leaves open (RFC 9110, RFC 9112): who is asked, by which version,
/// when a connection is over, and that a refusal by its parser looks like any other.
///
/// Stands behind the library's decoder, which alone knows the version.
final class HTTP1Rules: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// How a request is to be answered.
  private struct Manner {
    /// HTTP/1.0 knows no chunks: the answer ends with the connection.
    let isOld: Bool
    let isLast: Bool
  }

  /// One for each request that has come and is not answered, as clients may send them one behind the other.
  private var manners = CircularBuffer<Manner>()
  /// Whether nothing more is taken: RFC 9112 §9.6, not after the last request either.
  private var isOver = false
  /// What the library's own refusal is replaced with, as long as it is being written.
  private var refusal: ByteBuffer?
  private let makeRefusal: @Sendable () -> (HTTPFields, ByteBuffer)

  /// - Parameter makeRefusal: Fields and body of the answer to what is not HTTP.
  init(_ makeRefusal: @escaping @Sendable () -> (HTTPFields, ByteBuffer)) {
    self.makeRefusal = makeRefusal
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver || !manners.isEmpty else { return }
    guard case .head(var head) = unwrapInboundIn(data) else {
      return context.fireChannelRead(data)
    }
    guard !isOver else { return }
    let isOld = (head.version.major, head.version.minor) < (1, 1)
    guard Self.namesAHost(head.headers, isOld: isOld) else {
      isOver = true
      return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
    }
    // RFC 9112 §9.3. Of HTTP/1.0 every connection ends with its answer.
    isOver =
      isOld
      || head.headers[canonicalForm: "connection"].contains {
        $0.lowercased() == "close"
      }
    // The library compares the text of the whole field.
    if isOver { head.headers.replaceOrAdd(name: "connection", value: "close") }
    // RFC 9110 §10.1.1
    if isOld { head.headers.remove(name: "expect") }
    manners.append(Manner(isOld: isOld, isLast: isOver))
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  /// RFC 9112 §3.2: exactly one Host, and one that can be a host; older clients may leave it out.
  private static func namesAHost(_ headers: HTTPHeaders, isOld: Bool) -> Bool {
    var count = 0
    for (name, value) in headers where name.utf8.count == 4 && name.lowercased() == "host" {
      count += 1
      guard value.utf8.allSatisfy(Self.isOfAHost) else { return false }
    }
    return count == 1 || isOld && count == 0
  }

  /// RFC 3986 §3.2.2 and §3.2.3
  private static func isOfAHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~%!$&'()*+,;=:[]".utf8.contains(byte)
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status.code >= 200:
      if head.headers.contains(name: Self.incarnation) {
        if manners.first?.isLast == true {
          head.headers.replaceOrAdd(name: "connection", value: "close")
        }
      } else {
        let (fields, body) = makeRefusal()
        for field in fields { head.headers.replaceOrAdd(name: "\(field.name)", value: field.value) }
        head.headers.replaceOrAdd(name: "content-length", value: "\(body.readableBytes)")
        refusal = body
      }
      if manners.first?.isOld == true {
        head.version = .http1_0
        head.headers.remove(name: "transfer-encoding")
      }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end:
      if let body = refusal.take() {
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
      }
      _ = manners.popFirst()
      context.write(data, promise: promise)
    default: context.write(data, promise: promise)
    }
  }

  /// Every answer of the relay has it.
  private static let incarnation = Fields.incarnation.rawName
}
