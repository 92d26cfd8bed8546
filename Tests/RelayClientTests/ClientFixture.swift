// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayClient
import RelayProtocol
import WireFormat

/// Values to ask and answer with, and an impatient client.
enum ClientFixture {
  static let channel = ChannelID(checked: [UInt8](repeating: 1, count: 32))
  static let incarnation = Incarnation(checked: [UInt8](repeating: 2, count: 16))
  static let chain = ChainHash(checked: [UInt8](repeating: 3, count: 32))
  static let token = try! AccessToken(bytes: [UInt8](repeating: 0xA5, count: 32))
  static let turn = try! TurnSecret(bytes: [UInt8](repeating: 0xB6, count: 32))
  static let id = EnvelopeID(checked: [UInt8](repeating: 4, count: 16))

  static let incarnationField = [HeaderName.incarnation: Base64URL.encode(incarnation.bytes)]
  static let appendedFields = incarnationField.merging([
    HeaderName.sequence: "7", HeaderName.chain: Base64URL.encode(chain.bytes),
  ]) { $1 }
  static let framesFields = incarnationField.merging(["Content-Type": HeaderName.framesType]) { $1 }

  static let append = Append(
    channel: channel, token: token, id: id, envelope: [UInt8](repeating: 9, count: 1_024))
  static let read = ReadRequest(channel: channel, token: token, after: Position(0))
  static let follow = Follow([
    Subscription(channel: channel, token: token, after: Position(0))
  ])

  static func envelope(_ position: UInt64, count: Int = 1_024) -> Frame {
    Frame(
      .envelope(
        EnvelopeEntry(
          position: Position(position), id: id, named: .none, chain: chain,
          envelope: [UInt8](repeating: 5, count: count))))
  }

  static let caughtUp = Frame(.caughtUp(LogAt(position: Position(1), chain: chain)))
  static let bye = Frame(.bye(.drain, retryAfterMilliseconds: 10))

  /// Runs `body` with a client that waits for two seconds at most: a busy machine answers later than a tenth of that.
  static func withClient<Answer>(
    of address: RelayAddress, patience adjust: (inout RelayPatience) -> Void = { _ in },
    _ body: (RelayClient) async throws -> Answer
  ) async throws -> Answer {
    var patience = RelayPatience()
    patience.connect = .seconds(2)
    patience.answer = .seconds(2)
    patience.silence = .seconds(2)
    patience.poll = .zero
    patience.limited = .zero
    adjust(&patience)
    let transport = RelayTransport(patience: patience)
    do {
      let answer = try await body(RelayClient(address, transport: transport))
      await transport.shutdown()
      return answer
    } catch {
      await transport.shutdown()
      throw error
    }
  }
}
