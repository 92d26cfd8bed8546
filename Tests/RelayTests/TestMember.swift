// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing
import WireFormat

/// A member of a channel who writes requests by hand.
struct TestMember: Sendable {
  let channel: ChannelID
  var token: AccessToken
  var turn: TurnSecret
  let random: SeededRandom

  init(seed: UInt64) throws {
    random = SeededRandom(seed: seed)
    channel = try ChannelID(bytes: random.bytes(32))
    token = AccessToken(random: random)
    turn = TurnSecret(random: random)
  }

  static func text(_ bytes: [UInt8]) -> String { Base64URL.encode(bytes) }
  static func text(_ token: AccessToken) -> String { text(token.secret.exposedBytes()) }
  static func text(_ turn: TurnSecret) -> String { text(turn.secret.exposedBytes()) }

  private var identification: [(name: String, value: String)] {
    [
      ("Alcove-Channel", Self.text(channel.bytes)),
      ("Authorization", "Bearer " + Self.text(token)),
    ]
  }

  func create(_ kind: String = "relationship") -> RawRequest {
    RawRequest(
      method: "POST", path: "/v1/channel",
      fields: [
        ("Alcove-Channel", Self.text(channel.bytes)), ("Alcove-Class", kind),
        ("Alcove-Turn", Self.text(token.hash.bytes) + "." + Self.text(turn.hash.bytes)),
      ])
  }

  func close() -> RawRequest {
    RawRequest(
      method: "DELETE", path: "/v1/channel",
      fields: identification + [("Alcove-Turn", Self.text(turn))])
  }

  func append(size: Int = 1_024, id: EnvelopeID? = nil) -> RawRequest {
    let id = id ?? EnvelopeID(random: random)
    return RawRequest(
      method: "POST", path: "/v1/envelope",
      fields: identification + [("Alcove-Envelope", Self.text(id.bytes))],
      body: random.bytes(size))
  }

  /// A turn, and this member after it.
  func turning() -> (request: RawRequest, next: TestMember) {
    var next = self
    next.token = AccessToken(random: random)
    next.turn = TurnSecret(random: random)
    let parts = [
      Self.text(turn), Self.text(next.token.hash.bytes), Self.text(next.turn.hash.bytes),
    ]
    return (
      append(size: 16_384).with("Alcove-Turn", parts.joined(separator: ".")), next
    )
  }

  func read(_ query: String = "") -> RawRequest {
    RawRequest(method: "GET", path: "/v1/envelope" + query, fields: identification)
  }

  func subscription(after: UInt64 = 0) -> Subscription {
    Subscription(channel: channel, token: token, after: Position(after))
  }

  static func follow(_ subscriptions: [Subscription]) -> RawRequest {
    RawRequest(
      method: "POST", path: "/v1/follow", fields: [], body: Follow(subscriptions).wireBytes)
  }
}

extension [UInt8] {
  /// All frames, if there is nothing else.
  var frames: [Frame] {
    get throws {
      var reader = WireReader(self)
      var frames: [Frame] = []
      while !reader.isAtEnd { frames.append(try reader.read()) }
      return frames
    }
  }
}

/// The frames of an open stream.
struct FrameStream {
  private var pending: [UInt8] = []
  private var ready: [Frame] = []

  /// The next frame; nil when the stream has ended.
  mutating func next(_ connection: inout RawConnection) async throws -> Frame? {
    while ready.isEmpty {
      guard let piece = try await connection.chunk() else { return nil }
      pending += piece
      var reader = WireReader(pending)
      var consumed = 0
      while !reader.isAtEnd, let frame: Frame = try? reader.read() {
        ready.append(frame)
        consumed = reader.position
      }
      pending.removeFirst(consumed)
    }
    return ready.removeFirst()
  }
}

extension LiveRelay {
  /// A member whose channel is made, and a blob in it that is begun.
  func memberWithBlob() async throws -> (member: TestMember, blob: BlobID) {
    let member = try TestMember(seed: 1)
    let blob = BlobID(random: member.random)
    #expect(try await ask(member.create()).status == 201)
    #expect(try await ask(member.makeBlob(blob)).status == 201)
    return (member, blob)
  }
}
