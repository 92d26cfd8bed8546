// SPDX-License-Identifier: Apache-2.0

import Consent
import EnvelopeStore
import Primitives
import RelayProtocol
import WireFormat

@testable import Engine

extension FuzzTarget {
  /// What stands inside envelopes and links.
  static let engineWire = FuzzTarget(
    "engine-wire",
    anyOf: [
      Structure(OfferBody.self), Structure(AnswerBody.self), Structure(SealedAnswer.self),
      Structure(IntakeMessage.self), Structure(IntakeWelcome.self), Structure(CommitData.self),
      Structure(Content.self), Structure(ReadMark.self), Structure(EpochSecrets.self),
      Structure(ConsentExtension.self), Structure(ChannelExtension.self),
      Structure { bytes in try RelayAddress(stored: Array(bytes)).stored },
      Structure { bytes in
        // The plaintext of an envelope of the smallest class, as an insider seals it.
        let layer = OuterLayer(
          key: SharedSecret(filled(7, 32)), channel: ChannelID(checked: filled(1, 32)))
        let id = EnvelopeID(checked: filled(2, 16))
        let room = SizeClass.kib1.byteCount - OuterLayer.overhead
        let padded = Array((Array(bytes) + filled(0, room)).prefix(room))
        var writer = WireWriter()
        writer.write(OuterLayer.version)
        writer.write(layer.channel)
        writer.write(id)
        writer.write(NamedHashes.none)
        let sealed = try XChaCha20Poly1305.seal(
          padded, key: layer.key, nonce: filled(3, 24), associatedData: writer.bytes)
        let envelope = [OuterLayer.version] + filled(3, 24) + sealed
        guard let content = layer.open(envelope, id: id, named: .none) else {
          throw WireError.invalidValue
        }
        writer = WireWriter()
        writer.writeOpaque(content)
        let encoded = writer.bytes
        try require((encoded + filled(0, room)).prefix(room) == padded[...], .encodesDifferently)
        return Array(bytes)
      },
    ],
    seeds: {
      let mark = ReadMark(position: Position(3), chain: ChainHash(checked: filled(1, 32)))
      let offer = OfferBody(suite: 3, expires: 1_800_000_000, key: [1], terms: [2])
      let content = Content(
        inner: filled(1, 16), kind: .scope(.text), sent: 1_800_000_000, read: mark, body: [3])
      var acknowledgement = content
      acknowledgement.kind = .acknowledgement
      let welcome = IntakeWelcome(line: [1], welcome: [2])
      let sealed = try SealedAnswer(wireBytes: [1, 5, 1, 6])
      let address = try RelayAddress(
        "https://relay.example:8443", pin: RelayPin(bytes: filled(4, 16)))
      return [
        (0, offer.wireBytes),
        (
          1,
          AnswerBody(certificate: [1], sealedIdentity: [2], keyPackage: [3], grant: [4]).wireBytes
        ),
        (2, sealed.wireBytes), (3, IntakeMessage.offer([1, 2]).wireBytes),
        (3, IntakeMessage.answer(sealed).wireBytes), (3, IntakeMessage.welcome(welcome).wireBytes),
        (4, welcome.wireBytes), (5, CommitData(read: mark, line: [9]).wireBytes),
        (5, CommitData(read: mark, line: nil).wireBytes), (6, content.wireBytes),
        (6, acknowledgement.wireBytes), (7, mark.wireBytes), (8, try secrets.wireBytes),
        (11, address.stored), (12, [1, 7]), (12, [0]),
      ]
    })

  /// What the store gives back after opening it: sealed by this device, and still parsed with care.
  static let engineRecords = FuzzTarget(
    "engine-records",
    anyOf: [
      Structure(RelationshipRecord.self), Structure(TailEntry.self), Structure(MessageRecord.self),
      Structure(EpochHead.self), Structure(ProfileRecord.self), Structure(OutboxItem.self),
      Structure(InvitationRecord.self), Structure(WaitingLine.self), Structure(PendingAppend.self),
      Structure(ChannelState.self), Structure(TurnSchedule.self), Structure(StagedCommit.self),
      Structure(PostageRecord.self), Structure(ReceiptRecord.self),
    ],
    seeds: {
      let random = SeededRandom(seed: 8)
      let owner = RecordOwner(random: random)
      let channel = ChannelState(
        founding: ChannelID(checked: filled(1, 32)), secrets: try secrets, now: 1_800_000_000,
        random: random)
      let relationship = RelationshipRecord(
        owner: owner, name: "mara", mine: .therapist, relay: [1], relationship: filled(2, 16),
        therapist: filled(3, 32), client: filled(4, 32), created: 1_800_000_000)
      let invitation = InvitationRecord(
        stage: .open, name: "mara", owner: owner, relay: [1],
        secret: SharedSecret(filled(5, 16)), created: 1, expires: 2, offer: [3],
        posts: [InvitationRecord.Post(id: EnvelopeID(checked: filled(6, 16)), sealed: [4])],
        turn: SharedSecret(filled(7, 32)), key: SharedSecret([5]), answer: [])
      let token = PostageToken(checked: filled(8, PostageToken.length))
      var lodged = ReceiptRecord(
        turn: TurnReceipt.Turn(
          channel: channel.id, id: EnvelopeID(checked: filled(6, 16)), named: .none,
          at: LogAt(position: Position(4), chain: .founding(channel.id))),
        before: .founding(channel.id))
      let wanted = lodged.wireBytes
      lodged.receipt = TurnReceipt(day: 20_000, signature: filled(9, 64))
      lodged.identity = filled(10, 32)
      return [
        (0, relationship.wireBytes), (6, invitation.wireBytes), (9, channel.wireBytes),
        (10, channel.schedule.wireBytes), (12, PostageRecord(relay: [1], .held(token)).wireBytes),
        (12, PostageRecord(relay: [1], .bound(token, to: channel.id, at: 5)).wireBytes),
        (13, wanted), (13, lodged.wireBytes),
      ]
    })

  /// The link of an invitation: what is taken has one spelling, which is taken.
  static let invitationLink = FuzzTarget(
    name: "invitation-link",
    run: { input in
      guard let link = try? InvitationLink(String(decoding: input, as: UTF8.self)) else { return }
      let again = try InvitationLink(link.text)
      try require(again == link && again.text == link.text, .encodesDifferently)
    },
    seeds: {
      let link = InvitationLink(
        relay: try RelayAddress("http://127.0.0.1:8080"), secret: SharedSecret(filled(1, 16)),
        offerHash: filled(2, 16))
      let pinned = InvitationLink(
        relay: try RelayAddress("https://relay.example", pin: RelayPin(bytes: filled(9, 16))),
        secret: SharedSecret(filled(1, 16)), offerHash: filled(2, 16))
      return [link, pinned].map { Array($0.text.utf8) }
    })

  private static var secrets: EpochSecrets {
    get throws {
      EpochSecrets(
        access: try AccessToken(bytes: filled(2, 32)), turn: try TurnSecret(bytes: filled(3, 32)),
        envelope: SharedSecret(filled(4, 32)))
    }
  }
}

private func filled(_ byte: UInt8, _ count: Int) -> [UInt8] {
  [UInt8](repeating: byte, count: count)
}
