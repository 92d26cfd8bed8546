// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import RelayProtocol
internal import WireFormat

/// Where this device stands in a relationship's channel: the cursor, the chain, the secrets of the epoch.
///
/// It is read at the beginning of every step and written at its end, beside the group state of the same
/// epoch. The epoch of an envelope follows from its position alone; nothing is decrypted with a guess.
struct ChannelState: WireCodable, Sendable {
  /// Version 2 counts what is unread, version 3 the wishes for new keys and the bytes of the tail. An older
  /// state does not, and is still read.
  static let versions: ClosedRange<UInt8> = 1...3

  let id: ChannelID
  private(set) var epoch: UInt64
  /// The last envelope that was read and counted, and the chain there.
  private(set) var read: ReadMark
  private(set) var secrets: EpochSecrets
  var schedule: TurnSchedule
  /// The incarnation of the relay when it was last read.
  var incarnation: [UInt8]
  /// This device wants new keys: asked for, or due to a new device key, or just joined.
  private(set) var wantsUpdate: Bool
  /// The latest sent time of an own message: the next is not earlier, since its reader would keep it apart.
  /// Only what the consent covered at that time moves it.
  var lastSent: Int64
  /// The sent time of the last message received.
  var lastReceived: Int64
  /// How far the own messages and commits have said that this device had read.
  var told: Position
  /// The last position at which something came that is worth an acknowledgement; zero for none.
  var worthTelling: Position
  var lastAcknowledgement: Int64
  /// How far the other member has shown to have read, and when this was seen.
  var confirmed: Position
  var confirmedAt: Int64
  /// The other member has committed on this channel: it is really in the group.
  var peerHasCommitted: Bool
  /// The highest device serial seen from the other identity and from one's own.
  var peerSerial: UInt64
  var ownSerial: UInt64
  /// Local sequence numbers, never given twice.
  var nextMessage: UInt64
  var nextOutbox: UInt64
  var nextLine: UInt64
  /// Own lines that lost their race, to be listed in the next own line.
  var dead: [[UInt8]]
  var trouble: Trouble?
  /// How many messages received have not been shown; nil in a state that was stored before they were counted.
  var unread: UInt64?
  /// How often new keys were wanted: a commit that was staged before the last time does not answer it.
  private(set) var wishes: UInt64
  /// How many bytes the envelopes of the tail have together; nil in a state that was stored before they were
  /// counted.
  var tailBytes: UInt64?

  /// A channel at its founding: position 0 is in epoch 1.
  init(founding id: ChannelID, secrets: EpochSecrets, now: Int64, random: any RandomSource) {
    self.id = id
    self.secrets = secrets
    epoch = 1
    read = ReadMark(position: Position(0), chain: ChainHash.founding(id))
    schedule = TurnSchedule(enteredAt: now, random: random)
    incarnation = []
    wantsUpdate = false
    lastSent = 0
    lastReceived = 0
    told = Position(0)
    worthTelling = Position(0)
    lastAcknowledgement = 0
    confirmed = Position(0)
    confirmedAt = 0
    peerHasCommitted = false
    peerSerial = 0
    ownSerial = 0
    nextMessage = 1
    nextOutbox = 1
    nextLine = 1
    dead = []
    trouble = nil
    unread = 0
    wishes = 0
    tailBytes = 0
  }

  /// The outer layer of the present epoch.
  var layer: OuterLayer { OuterLayer(key: secrets.envelope, channel: id) }

  /// Counts one more envelope into the chain.
  mutating func count(_ entry: EntryHash) { read = read.adding(entry) }

  /// Counts the turn that ended the epoch, and enters the next.
  mutating func turn(_ entry: EntryHash, into next: EpochSecrets) {
    count(entry)
    epoch += 1
    secrets = next
  }

  /// The sent time for a new message: never before the last one.
  mutating func stamp(_ now: Int64) -> Int64 {
    lastSent = max(now, lastSent)
    return lastSent
  }

  /// Asks for new keys, made from now on: those of a commit under way may have been copied already.
  ///
  /// - Returns: the number of the wish.
  @discardableResult
  mutating func wantUpdate() -> UInt64 {
    wantsUpdate = true
    wishes &+= 1
    return wishes
  }

  /// A commit has landed that was staged when `wish` was the last.
  mutating func answered(_ wish: UInt64) {
    if wish == wishes { wantsUpdate = false }
  }

  mutating func takeMessageNumber() -> UInt64 {
    defer { nextMessage += 1 }
    return nextMessage
  }

  mutating func takeOutboxNumber() -> UInt64 {
    defer { nextOutbox += 1 }
    return nextOutbox
  }

  mutating func takeLineNumber() -> UInt64 {
    defer { nextLine += 1 }
    return nextLine
  }

  // MARK: Encoding

  func encode(into writer: inout WireWriter) {
    writer.write(unread == nil ? 1 : tailBytes == nil ? 2 : Self.versions.upperBound)
    writer.write(id)
    writer.write(epoch)
    writer.write(read)
    writer.write(secrets)
    writer.write(schedule)
    writer.writeOpaque(incarnation)
    writer.write(wantsUpdate)
    writer.write(time: lastSent)
    writer.write(time: lastReceived)
    writer.write(told)
    writer.write(worthTelling)
    writer.write(time: lastAcknowledgement)
    writer.write(confirmed)
    writer.write(time: confirmedAt)
    writer.write(peerHasCommitted)
    writer.write(peerSerial)
    writer.write(ownSerial)
    writer.write(nextMessage)
    writer.write(nextOutbox)
    writer.write(nextLine)
    writer.writeVector(dead.map { Opaque($0) })
    writer.write(trouble?.rawValue ?? 0)
    guard let unread else { return }
    writer.write(unread)
    guard let tailBytes else { return }
    writer.write(wishes)
    writer.write(tailBytes)
  }

  init(from reader: inout WireReader) throws(WireError) {
    let version = try reader.readUInt8()
    guard Self.versions.contains(version) else { throw .invalidValue }
    id = try reader.read()
    epoch = try reader.readUInt64()
    read = try reader.read()
    secrets = try reader.read()
    schedule = try reader.read()
    incarnation = try reader.readOpaque()
    wantsUpdate = try reader.readBool()
    lastSent = try reader.readTime()
    lastReceived = try reader.readTime()
    told = try reader.read()
    worthTelling = try reader.read()
    lastAcknowledgement = try reader.readTime()
    confirmed = try reader.read()
    confirmedAt = try reader.readTime()
    peerHasCommitted = try reader.readBool()
    peerSerial = try reader.readUInt64()
    ownSerial = try reader.readUInt64()
    nextMessage = try reader.readUInt64()
    nextOutbox = try reader.readUInt64()
    nextLine = try reader.readUInt64()
    dead = try reader.readVector(of: Opaque.self).map(\.bytes)
    switch try reader.readUInt8() {
    case 0: trouble = nil
    case let value:
      guard let known = Trouble(rawValue: value) else { throw .invalidValue }
      trouble = known
    }
    unread = version < 2 ? nil : try reader.readUInt64()
    wishes = version < 3 ? 0 : try reader.readUInt64()
    tailBytes = version < 3 ? nil : try reader.readUInt64()
  }
}
