// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
import Primitives
import RelayProtocol
import WireFormat

extension FuzzTarget {
  /// The stream of a read or follow, cut where the first bytes of the input say.
  static let relayFrames = FuzzTarget(
    name: "relay-frames",
    run: { input in
      var script = EditScript(input.prefix(2))
      let piece = 1 + script.pick(255)
      var rest = input.dropFirst(2)
      let whole = rest
      var parser = FrameParser()
      var encoded: [UInt8] = []
      while !rest.isEmpty {
        parser.feed(rest.prefix(piece))
        rest = rest.dropFirst(piece)
        do {
          while let frame = try parser.next() { encoded += frame.wireBytes }
        } catch {
          return
        }
      }
      if parser.isBetweenFrames {
        try require(encoded.elementsEqual(whole), .encodesDifferently)
      } else {
        try require(whole.starts(with: encoded), .encodesDifferently)
      }
    },
    seeds: {
      let frames = validFrames.map(\.wireBytes)
      return frames.map { [255, 0] + $0 } + [[3, 0] + frames.joined()]
    })

  static let relayParts = FuzzTarget(
    "relay-parts",
    anyOf: [
      Structure(Frame.self), Structure(EnvelopeEntry.self), Structure(Follow.self),
      Structure(LogAt.self), Structure(NamedHashes.self),
      Structure { bytes in
        guard let bytes = Base64URL.decode(String(decoding: bytes, as: UTF8.self)) else {
          throw WireError.invalidValue
        }
        return Array(Base64URL.encode(bytes).utf8)
      },
      Structure { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard text == text.lowercased(), let bytes = Hex.decode(text) else {
          throw WireError.invalidValue
        }
        return Array(Hex.encode(bytes).utf8)
      },
      Structure(BlobReference.self),
      Structure { bytes in
        guard let set = PartSet(bytes: Array(bytes)) else { throw WireError.invalidValue }
        var again = PartSet()
        for value in 0..<UInt64(PartIndex.maximumCount) {
          if let index = PartIndex(value), set.contains(index) { again.insert(index) }
        }
        return again.bytes
      },
      Structure { bytes in
        guard let receipt = TurnReceipt(text: String(decoding: bytes, as: UTF8.self)) else {
          throw WireError.invalidValue
        }
        return Array(receipt.text.utf8)
      },
    ],
    seeds: {
      let follow = Follow([
        Subscription(
          channel: ChannelID(checked: [UInt8](repeating: 1, count: 32)),
          token: try AccessToken(bytes: [UInt8](repeating: 2, count: 32)), after: Position(3))
      ])
      let reference = try BlobReference(
        blob: BlobID(checked: [UInt8](repeating: 1, count: 32)),
        key: SharedSecret([UInt8](repeating: 2, count: 32)), length: 3_000_000)
      return validFrames.map { (0, $0.wireBytes) } + [
        (1, validEntry.wireBytes), (2, follow.wireBytes), (3, validAt.wireBytes),
        (4, NamedHashes.none.wireBytes), (4, [0x40, 0x40] + [UInt8](repeating: 9, count: 64)),
        (5, Array("AQIDBA".utf8)), (6, Array("0aff".utf8)), (7, reference.wireBytes),
        (8, [0]), (8, [5, 0x80]),
        (
          9,
          Array(
            TurnReceipt(day: 20_000, signature: [UInt8](repeating: 3, count: 64)).text.utf8)
        ),
      ]
    })

  /// The address of a relay: whatever is taken has one spelling, which is taken.
  static let relayAddress = FuzzTarget(
    name: "relay-address",
    run: { input in
      let text = String(decoding: input, as: UTF8.self)
      guard let address = try? RelayAddress(text) else { return }
      let again = try RelayAddress(address.text)
      try require(again == address && again.text == address.text, .encodesDifferently)
      try require(address.text.utf8.allSatisfy { $0 < 0x80 }, .encodesDifferently)
    },
    seeds: {
      [
        "http://127.0.0.1:8080", "http://[::1]:8080/", "http://localhost", "https://relay.example",
        "https://relay.example:8443", "HTTPS://Relay.Example:443/",
      ].map { Array($0.utf8) }
    })

  static let certificates = FuzzTarget(
    "certificates",
    anyOf: [
      Structure { bytes in
        let certificate = try DeviceCertificate(wireBytes: bytes)
        if let device = try? certificate.verify() {
          try require(device.certificate == certificate, .encodesDifferently)
        }
        return certificate.wireBytes
      },
      Structure { bytes in
        let certificate = try LeafCertificate(wireBytes: bytes)
        _ = try? certificate.verify(leafKey: [1], relationship: [2])
        return certificate.wireBytes
      },
    ],
    seeds: {
      let people = try ConsentPeople.shared
      let leaf = try LeafCertificate.issue(
        forLeafKey: [1], relationship: [2], device: people.therapist.author.device,
        by: people.therapist.key)
      return [
        (0, people.therapist.author.device.certificate.wireBytes),
        (0, people.client.author.device.certificate.wireBytes), (1, leaf.wireBytes),
      ]
    })

  private static let validAt = LogAt(
    position: Position(7), chain: ChainHash(checked: [UInt8](repeating: 4, count: 32)))

  private static let validEntry = EnvelopeEntry(
    position: Position(8), id: EnvelopeID(checked: [UInt8](repeating: 5, count: 16)), named: .none,
    chain: ChainHash(checked: [UInt8](repeating: 6, count: 32)),
    envelope: [UInt8](repeating: 0, count: SizeClass.kib1.byteCount))

  private static let validFrames: [Frame] = [
    Frame(.heartbeat(5)), Frame(.envelope(validEntry)), Frame(.head(Position(9))),
    Frame(.turned(last: Position(3))),
    Frame(
      .gap(first: Position(4), entries: [EntryHash(checked: [UInt8](repeating: 1, count: 32))])),
    Frame(.caughtUp(validAt)), Frame(.bye(.drain, retryAfterMilliseconds: 100)),
    Frame(subscription: 3, .refused(.noSuchChannel)),
  ]
}
