// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import WireFormat

/// A channel that one client of the load appends to, and the bytes of its requests.
struct LoadChannel: Sendable {
  let id: ChannelID
  private(set) var token: AccessToken
  let turn: TurnSecret
  /// An append that is whole but for its id, and where that stands.
  private var request: [UInt8] = []
  private var idStart = 0
  /// How many appends were made.
  private(set) var count: UInt64 = 0

  init(envelopeBytes: Int) throws {
    let random = SystemRandom()
    id = try ChannelID(bytes: random.bytes(32))
    token = AccessToken(random: random)
    turn = TurnSecret(random: random)
    let name = "\(HeaderName.envelope): "
    request = Self.head(
      "POST /v1/envelope",
      access + [
        "Content-Length: \(envelopeBytes)", name + Base64URL.encode(random.bytes(16)),
      ])
    // The id is what comes last in the head, before two ends of lines.
    idStart = request.count - 4 - 22
    request += [1] + random.bytes(envelopeBytes - 1)
  }

  var creation: [UInt8] {
    Self.head(
      "POST /v1/channel",
      [
        "\(HeaderName.channel): \(Base64URL.encode(id.bytes))",
        "\(HeaderName.channelClass): relationship",
        "\(HeaderName.turn): \(Base64URL.encode(token.hash.bytes))."
          + Base64URL.encode(turn.hash.bytes),
        "Content-Length: 0",
      ])
  }

  /// An append with a fresh id: ten of its characters count.
  mutating func append() -> [UInt8] {
    count += 1
    for digit in 0..<10 {
      request[idStart + digit] = Self.digits[Int(count >> UInt64(6 * digit) & 63)]
    }
    return request
  }

  func read(after: UInt64, maximum: Int) -> [UInt8] {
    Self.head("GET /v1/envelope?after=\(after)&max=\(maximum)&wait=0", access)
  }

  /// A read of this channel with a token that is none of its own.
  func guess() -> [UInt8] {
    var stranger = self
    stranger.token = AccessToken(random: SystemRandom())
    return stranger.read(after: 0, maximum: 1_024)
  }

  /// Ends the channel.
  var closing: [UInt8] {
    Self.head(
      "DELETE /v1/channel",
      access + ["\(HeaderName.turn): \(Base64URL.encode(turn.secret.exposedBytes()))"])
  }

  func follow(after: UInt64) -> [UInt8] {
    let body = Follow([Subscription(channel: id, token: token, after: Position(after))]).wireBytes
    return Self.head("POST /v1/follow", ["Content-Length: \(body.count)"]) + body
  }

  /// A follow of several channels.
  static func follow(_ channels: [LoadChannel]) -> [UInt8] {
    let body = Follow(
      channels.map {
        Subscription(channel: $0.id, token: $0.token, after: Position($0.count))
      }
    ).wireBytes
    return Self.head("POST /v1/follow", ["Content-Length: \(body.count)"]) + body
  }

  /// A follow of this channel and of others that are not there, as many as there may be.
  func wideFollow() throws -> [UInt8] {
    let random = SystemRandom()
    let others = try (1..<Follow.maximumSubscriptions).map { _ in
      Subscription(
        channel: try ChannelID(bytes: random.bytes(32)), token: AccessToken(random: random),
        after: Position(0))
    }
    let mine = Subscription(channel: id, token: token, after: Position(count))
    let body = Follow([mine] + others).wireBytes
    return Self.head("POST /v1/follow", ["Content-Length: \(body.count)"]) + body
  }

  /// Makes a blob, and begins a part of it that does not come.
  func emptyPart() -> (blob: [UInt8], part: [UInt8]) {
    let blob = ["\(HeaderName.blob): \(Base64URL.encode(SystemRandom().bytes(BlobID.length)))"]
    return (
      Self.head("POST /v1/blob", access + blob + ["Content-Length: 0"]),
      Self.head(
        "PUT /v1/blob/part?index=0",
        access + blob + ["Content-Length: \(PartIndex.partLength)"])
    )
  }

  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  private var access: [String] {
    [
      "\(HeaderName.channel): \(Base64URL.encode(id.bytes))",
      "Authorization: Bearer \(Base64URL.encode(token.secret.exposedBytes()))",
    ]
  }

  /// The head of an append whose body is still to come.
  var opening: [UInt8] { Array(request[..<(idStart + 26)]) }

  private static func head(_ line: String, _ fields: [String]) -> [UInt8] {
    Array(
      ("\(line) HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields.joined(separator: "\r\n") + "\r\n\r\n")
        .utf8)
  }
}
