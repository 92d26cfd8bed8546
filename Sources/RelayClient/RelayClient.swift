// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Primitives
public import RelayProtocol

/// A relay over HTTP/1.1, with TLS 1.3 everywhere but on this very machine.
///
/// Every call is safe to repeat, and its errors say whether it must be: ``RelayError/unreachable``
/// means that the relay cannot have it, ``RelayError/refused(_:)`` that the relay says no, and
/// ``RelayError/outcomeUnknown`` and ``RelayError/malformedAnswer`` that nobody knows. What a relay
/// answers is bounded and checked for form here; whether it is true is for the chain to tell.
public final class RelayClient: RelayConnection {
  let address: RelayAddress
  let transport: RelayTransport

  /// Binds a client to an address; nothing is sent.
  ///
  /// Without TLS the access token would travel open: plain HTTP to anywhere but this very machine is
  /// refused as ``RelayError/insecureAddress``.
  public init(
    _ address: RelayAddress, transport: RelayTransport = .shared
  ) throws(RelayError) {
    guard address.scheme == .https || address.isLoopback else { throw .insecureAddress }
    self.address = address
    self.transport = transport
  }

  public func describe() async throws(RelayError) -> RelayDescription {
    var call = RelayCall(.GET, "/v1/relay")
    call.bound = 64 << 10
    let answer = try await perform(call)
    guard answer.status == 200 else { throw answer.refusal() }
    guard
      let description = try? JSONDecoder().decode(RelayDescription.self, from: Data(answer.body)),
      RelayDescription.possibleTimes.contains(description.time)
    else { throw .malformedAnswer }
    return description
  }

  public func create(_ channel: NewChannel) async throws(RelayError) {
    var call = RelayCall(.POST, "/v1/channel")
    call.set(HeaderName.channel, Base64URL.encode(channel.id.bytes))
    call.set(HeaderName.channelClass, channel.kind.rawValue)
    call.set(
      HeaderName.turn,
      Base64URL.encode(channel.token.bytes) + "." + Base64URL.encode(channel.turn.bytes))
    if let postage = channel.postage {
      call.set(HeaderName.postage, Base64URL.encode(postage.bytes))
    }
    CrashPoint.reached()
    let answer = try await perform(call)
    CrashPoint.reached()
    guard answer.status == 201 || answer.status == 200 else { throw answer.refusal() }
  }

  public func append(_ append: Append) async throws(RelayError) -> Appended {
    var call = RelayCall(.POST, "/v1/envelope")
    call.present(append.channel, append.token)
    call.set(HeaderName.envelope, Base64URL.encode(append.id.bytes))
    call.set("Content-Type", "application/octet-stream")
    if let turn = append.turn {
      let parts = [
        turn.secret.exposedBytes(), append.named.token?.bytes ?? [], append.named.turn?.bytes ?? [],
      ]
      call.set(HeaderName.turn, parts.map(Base64URL.encode).joined(separator: "."))
    }
    if let at = append.at {
      call.set(HeaderName.at, "\(at.position.value).\(Base64URL.encode(at.chain.bytes))")
    }
    call.body = append.envelope
    CrashPoint.reached()
    let answer = try await performInTurn(call)
    CrashPoint.reached()
    guard answer.status == 201 || answer.status == 200 else { throw answer.refusal() }
    return Appended(
      at: LogAt(
        position: try answer.position(HeaderName.sequence),
        chain: try answer.bytes(HeaderName.chain, as: ChainHash.self)),
      isReplay: answer.headers.contains(name: HeaderName.replay),
      incarnation: try answer.incarnation(),
      // One that cannot be read is none: a turn that has landed has landed.
      receipt: (try? answer.field(HeaderName.receipt)).flatMap { TurnReceipt(text: $0) })
  }

  public func read(_ request: ReadRequest) async throws(RelayError) -> ReadAnswer {
    var call = RelayCall(
      .GET,
      "/v1/envelope?after=\(request.after.value)&max=\(request.maximumBytes)&wait=\(request.wait)")
    call.present(request.channel, request.token)
    // One envelope comes even if it is larger than what was asked for, and each has a frame around it.
    call.bound = 2 * max(0, min(request.maximumBytes, 64 << 20)) + (4 << 20)
    call.waiting = .seconds(max(0, request.wait))
    let answer = try await perform(call)
    switch answer.status {
    case 204:
      return ReadAnswer(frames: [], incarnation: try answer.incarnation())
    case 200:
      guard answer.isOf(HeaderName.framesType) else { throw .malformedAnswer }
      return ReadAnswer(
        frames: try Self.frames(answer.body), incarnation: try answer.incarnation())
    default:
      throw answer.refusal()
    }
  }

  public func close(
    _ channel: ChannelID, token: AccessToken, turn: TurnSecret
  ) async throws(RelayError) {
    var call = RelayCall(.DELETE, "/v1/channel")
    call.present(channel, token)
    call.set(HeaderName.turn, Base64URL.encode(turn.secret.exposedBytes()))
    CrashPoint.reached()
    let answer = try await perform(call)
    CrashPoint.reached()
    guard answer.status == 204 || answer.status == 200 else { throw answer.refusal() }
  }

  private static func frames(_ bytes: [UInt8]) throws(RelayError) -> [Frame] {
    var parser = FrameParser()
    parser.feed(bytes)
    var frames: [Frame] = []
    var isOver = false
    do {
      while let frame = try parser.next() {
        // One says where a page ends, and what fills it is long: no more of them come than bytes allow.
        guard !isOver else { throw RelayError.malformedAnswer }
        switch frame.body {
        case .envelope, .gap: break
        case .head, .turned, .caughtUp: isOver = true
        case .heartbeat, .bye, .refused: throw RelayError.malformedAnswer
        }
        frames.append(frame)
      }
    } catch {
      throw .malformedAnswer
    }
    guard parser.isBetweenFrames else { throw .malformedAnswer }
    return frames
  }
}
