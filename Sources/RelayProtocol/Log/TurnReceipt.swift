// SPDX-License-Identifier: Apache-2.0

public import Primitives
import WireFormat

/// The relay's signed word that a turn lies in its log, and since which day.
///
/// A withdrawal of consent travels in a turn: with this its author can show that it was lodged, whoever
/// reads it when. The relay says nothing that it does not know, and knows nothing but hashes and random
/// ids. A turn that is asked for again has the same receipt.
public struct TurnReceipt: Sendable, Hashable {
  /// UTC day since 1970: nothing finer is kept at a relay.
  public let day: UInt32
  /// Ed25519 by the relay's identity, 64 bytes.
  public let signature: [UInt8]

  public init(day: UInt32, signature: [UInt8]) {
    self.day = day
    self.signature = signature
  }

  /// Signs for a turn, as the relay.
  public init(of turn: Turn, on day: UInt32, by identity: Ed25519PrivateKey) {
    self.init(day: day, signature: identity.sign(turn.statement(on: day)))
  }

  /// Whether it is a relay's word for a turn.
  ///
  /// - Parameter identity: the relay's Ed25519 key, 32 bytes.
  public func holds(for turn: Turn, by identity: [UInt8]) -> Bool {
    Ed25519.verify(signature: signature, message: turn.statement(on: day), publicKey: identity)
  }

  /// `day.signature`, as it stands in a header field.
  public var text: String { "\(day).\(Base64URL.encode(signature))" }

  /// Reads it; nil for every other spelling.
  public init?(text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let day = UInt32(parts[0]), String(day) == parts[0],
      parts[1].utf8.count <= 100, let signature = Base64URL.decode(String(parts[1])),
      signature.count == Ed25519.signatureLength
    else { return nil }
    self.init(day: day, signature: signature)
  }

  /// What is signed for: the chain at its position covers the envelope and all before it.
  public struct Turn: Sendable, Hashable {
    public let channel: ChannelID
    public let id: EnvelopeID
    public let named: NamedHashes
    public let at: LogAt

    public init(channel: ChannelID, id: EnvelopeID, named: NamedHashes, at: LogAt) {
      self.channel = channel
      self.id = id
      self.named = named
      self.at = at
    }

    fileprivate func statement(on day: UInt32) -> [UInt8] {
      var writer = WireWriter()
      writer.writeFixed(Array("Alcove 1.0 receipt".utf8))
      writer.write(channel)
      writer.write(at.position)
      writer.write(at.chain)
      writer.write(id)
      writer.write(named)
      writer.write(day)
      return writer.bytes
    }
  }
}
