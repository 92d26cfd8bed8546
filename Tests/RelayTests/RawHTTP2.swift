// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL

/// Frames of HTTP/2 (RFC 9113), right or wrong.
enum RawHTTP2 {
  /// RFC 9113 §3.4, with an empty SETTINGS frame behind it.
  static let beginning = begin([])

  /// The preface, and settings by number.
  static func begin(_ settings: [(UInt16, UInt32)]) -> [UInt8] {
    let payload = settings.flatMap { bigEndian($0) + bigEndian($1) }
    return Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, payload)
  }

  /// RFC 9113 §4.1.
  static func frame(
    _ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]
  ) -> [UInt8] {
    bigEndian(UInt32(payload.count)).dropFirst() + [type, flags] + bigEndian(stream) + payload
  }

  static let endStream: UInt8 = 1
  static let endHeaders: UInt8 = 4

  /// HEADERS with a whole request and nothing behind it.
  static func request(_ stream: UInt32, _ fields: [(String, String)]) -> [UInt8] {
    frame(1, endStream | endHeaders, stream, block(fields))
  }

  static func get(_ path: String) -> [(String, String)] {
    [(":method", "GET"), (":scheme", "https"), (":authority", "relay"), (":path", path)]
  }

  /// A POST with its body, on a stream of its own.
  static func post(_ stream: UInt32, _ path: String, _ body: [UInt8]) -> [UInt8] {
    let fields = [
      (":method", "POST"), (":scheme", "https"), (":authority", "relay"), (":path", path),
      ("content-length", "\(body.count)"),
    ]
    return frame(1, endHeaders, stream, block(fields)) + frame(0, endStream, stream, body)
  }

  static func reset(_ stream: UInt32) -> [UInt8] { frame(3, 0, stream, bigEndian(UInt32(8))) }

  /// A field block of literals that are not indexed (RFC 7541 §6.2.2).
  static func block(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { [0] + text($0) + text($1) }
  }

  static func text(_ text: String) -> [UInt8] { integer(text.utf8.count) + Array(text.utf8) }

  /// RFC 7541 §5.1, with a prefix of seven bits.
  private static func integer(_ number: Int) -> [UInt8] {
    guard number >= 127 else { return [UInt8(number)] }
    var (bytes, rest) = ([UInt8(127)], number - 127)
    while rest >= 128 {
      bytes.append(UInt8(rest % 128 + 128))
      rest /= 128
    }
    return bytes + [UInt8(rest)]
  }

  private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    stride(from: number.bitWidth - 8, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: number >> $0)
    }
  }

  /// A client that takes every certificate.
  static func tls(_ protocols: [String] = ["h2"]) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    configuration.applicationProtocols = protocols
    return try NIOSSLContext(configuration: configuration)
  }

  struct Received {
    let type: UInt8
    let flags: UInt8
    let stream: UInt32
    let payload: [UInt8]

    /// Of a HEADERS frame: what the first field, which is the status, says by its index in the static
    /// table (RFC 7541, Appendix A), or in three digits.
    var status: Int? {
      guard type == 1, let first = payload.first else { return nil }
      let known = [0x88: 200, 0x89: 204, 0x8A: 206, 0x8B: 304, 0x8C: 400, 0x8D: 404, 0x8E: 500]
      if let status = known[Int(first)] { return status }
      // With its name by index, and added to the table (RFC 7541 §6.2.1).
      guard first & 0x7F == 0x48 || first == 0x08, payload.count > 1 else { return 0 }
      let length = Int(payload[1] & 0x7F)
      let value = payload.dropFirst(2).prefix(length)
      let digits =
        payload[1] & 0x80 == 0 ? String(decoding: value, as: UTF8.self) : Self.digits(value)
      return Int(digits) ?? 0
    }

    /// Of the code of RFC 7541, Appendix B, what digits need: three have codes of five bits, the others of six.
    private static func digits(_ bytes: ArraySlice<UInt8>) -> String {
      var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }[...]
      var text = ""
      func take(_ count: Int) -> Int { bits.prefix(count).reduce(0) { $0 << 1 | Int($1) } }
      while bits.count >= 5 {
        if take(5) < 3 {
          text += String(take(5))
          bits = bits.dropFirst(5)
        } else if bits.count >= 6, (0b011001...0b011111).contains(take(6)) {
          text += String(take(6) - 0b011001 + 3)
          bits = bits.dropFirst(6)
        } else {
          break
        }
      }
      return text
    }
  }
}

extension RawConnection {
  /// The next HTTP/2 frame.
  mutating func frame() async throws -> RawHTTP2.Received {
    let head = try await read(9)
    let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
    let stream = head[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return RawHTTP2.Received(
      type: head[3], flags: head[4], stream: stream, payload: try await read(count))
  }

  /// Status of the answer on `stream`; nil when the relay resets it.
  mutating func status(_ stream: UInt32) async throws -> Int? {
    while true {
      let frame = try await frame()
      guard frame.stream == stream else {
        // RFC 9113 §6.8: the relay takes nothing more.
        if frame.type == 7 { throw RawError.closed }
        continue
      }
      if let status = frame.status { return status }
      if frame.type == 3 { return nil }
    }
  }
}
