// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol
internal import WireFormat

/// An invitation under way, on either side. It goes, with its secret, when the intake is closed.
struct InvitationRecord: WireCodable, Sendable {
  static let version: UInt8 = 1

  enum Stage: UInt8, Sendable {
    /// Therapist: the offer is made and perhaps published; no answer yet.
    case open = 1
    /// Therapist: the answer asks for more than the terms offer; a person has to decide.
    case undecided = 2
    /// Therapist: the relationship exists here; its channel and the Welcome go out, or have gone.
    case founded = 3
    /// Therapist: nothing is expected of the intake any more; it is to be closed.
    case closing = 4
    /// Client: the answer goes out, or has gone; the Welcome is awaited.
    case answered = 5
    /// Over: nothing is left but that there was an invitation, and a client's answer that was withdrawn.
    case over = 6
    /// Therapist: the answer is dated ahead of this clock, and is taken when its time has come.
    case early = 7
  }

  var stage: Stage
  let name: String
  /// The relationship that it founds.
  let owner: RecordOwner
  let relay: [UInt8]
  private(set) var secret: SharedSecret
  let created: Int64
  let expires: Int64
  /// The offer as it lies at position 1.
  let offer: [UInt8]
  /// What this side posts to the intake: id and sealed bytes, in order.
  var posts: [Post]
  /// Therapist: L of the intake. Client: empty.
  let turn: SharedSecret
  /// Therapist: the one-time key that opens the answer. Client: the encoded key package with its
  /// private keys.
  var key: SharedSecret
  /// Therapist: the grant that waits for a decision or for its time, as signed. Client: its own answer, before sealing.
  var answer: [UInt8]
  /// Why it came to nothing; empty while it may still come to something.
  var failure: String
  /// Therapist: has agreed to an answer beyond the terms.
  var agreed: Bool

  struct Post: WireCodable, Sendable {
    let id: EnvelopeID
    let sealed: [UInt8]

    init(id: EnvelopeID, sealed: [UInt8]) {
      self.id = id
      self.sealed = sealed
    }

    func encode(into writer: inout WireWriter) {
      writer.write(id)
      writer.writeOpaque(sealed)
    }

    init(from reader: inout WireReader) throws(WireError) {
      id = try reader.read()
      sealed = try reader.readOpaque()
    }
  }

  init(
    stage: Stage, name: String, owner: RecordOwner, relay: [UInt8], secret: SharedSecret,
    created: Int64, expires: Int64, offer: [UInt8], posts: [Post], turn: SharedSecret,
    key: SharedSecret,
    answer: [UInt8]
  ) {
    self.stage = stage
    self.name = name
    self.owner = owner
    self.relay = relay
    self.secret = secret
    self.created = created
    self.expires = expires
    self.offer = offer
    self.posts = posts
    self.turn = turn
    self.key = key
    self.answer = answer
    failure = ""
    agreed = false
  }

  /// Whether this is the side that answers: only a therapist can close an intake.
  var isClients: Bool { turn.count == 0 }

  /// The link, while the secret is there.
  func link() throws -> InvitationLink {
    InvitationLink(
      relay: try RelayAddress(stored: relay), secret: secret,
      offerHash: Array(Digest.sha256(offer).prefix(16)))
  }

  /// Whether another may not have its name: it may still come to something, or holds what nobody else does.
  var needsName: Bool {
    failure.isEmpty || failure == EngineError.Code.withdrawalNotCarried.rawValue
  }

  /// What is left of an invitation that came to nothing and whose answer may be withdrawn: offer and answer.
  mutating func forgetSecrets() {
    stage = .over
    secret = SharedSecret(zeros: 16)
    posts = []
    key = SharedSecret(zeros: 0)
  }

  /// What is left of any other that came to nothing: that there was one.
  mutating func forgetEverything() {
    forgetSecrets()
    answer = []
  }

  func encode(into writer: inout WireWriter) {
    writer.write(Self.version)
    writer.write(stage.rawValue)
    writer.write(text: name)
    writer.writeFixed(owner.bytes)
    writer.writeOpaque(relay)
    Self.write(secret, to: &writer)
    writer.write(time: created)
    writer.write(time: expires)
    writer.writeOpaque(offer)
    writer.writeVector(posts)
    Self.write(turn, to: &writer)
    Self.write(key, to: &writer)
    writer.writeOpaque(answer)
    writer.write(text: failure)
    writer.write(agreed)
  }

  init(from reader: inout WireReader) throws(WireError) {
    guard try reader.readUInt8() == Self.version else { throw .invalidValue }
    stage = try reader.readCase()
    name = try reader.readText()
    owner = try reader.readOwner()
    relay = try reader.readOpaque()
    secret = try Self.readSecret(&reader, max: 16)
    created = try reader.readTime()
    expires = try reader.readTime()
    offer = try reader.readOpaque()
    posts = try reader.readVector()
    turn = try Self.readSecret(&reader)
    key = try Self.readSecret(&reader)
    answer = try reader.readOpaque()
    failure = try reader.readText()
    agreed = try reader.readBool()
  }

  private static func write(_ secret: SharedSecret, to writer: inout WireWriter) {
    var bytes = secret.exposedBytes()
    defer { bytes.wipe() }
    writer.writeOpaque(bytes)
  }

  private static func readSecret(
    _ reader: inout WireReader, max: Int = .max
  ) throws(WireError) -> SharedSecret {
    var bytes = try reader.readOpaque(max: max)
    return SharedSecret(wiping: &bytes)
  }
}
