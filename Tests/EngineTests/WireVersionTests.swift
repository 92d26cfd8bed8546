// SPDX-License-Identifier: Apache-2.0

import Consent
@testable import Engine
import Primitives
import RelayProtocol
import Testing
import WireFormat

/// What members write to each other begins with a version, and is read in no other.
@Suite struct WireVersionTests {
  private func expectOneVersion<Value: WireCodable & Equatable>(
    _ value: Value, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = value.wireBytes
    #expect(bytes.first == 1, sourceLocation: location)
    #expect(try Value(wireBytes: bytes) == value, sourceLocation: location)
    for version in [UInt8(0), 2, 255] {
      #expect(throws: WireError.invalidValue, sourceLocation: location) {
        try Value(wireBytes: [version] + bytes.dropFirst())
      }
    }
  }

  private static let mark = ReadMark(
    position: Position(3), chain: ChainHash(checked: [UInt8](repeating: 2, count: 32)))
  private static let content = Content(
    inner: [UInt8](repeating: 1, count: 16), kind: .scope(.text), sent: 5, read: mark, body: [65])

  @Test func `each has one version`() throws {
    try expectOneVersion(Self.content)
    try expectOneVersion(CommitData(read: Self.mark, line: [1]))
    try expectOneVersion(CommitData(read: Self.mark, line: nil))
    try expectOneVersion(
      AnswerBody(certificate: [1], sealedIdentity: [2], keyPackage: [3], grant: [4]))
    try expectOneVersion(IntakeWelcome(line: [1], welcome: [2]))
    try expectOneVersion(IntakeMessage.offer([1]))
    try expectOneVersion(OfferBody(suite: 3, expires: 5, key: [1], terms: [2]))
  }

  @Test func `a time is one that a calendar has`() throws {
    var content = Self.content
    content.sent = 253_402_300_799
    #expect(try Content(wireBytes: content.wireBytes) == content)
    content.sent += 1
    #expect(throws: WireError.invalidValue) { try Content(wireBytes: content.wireBytes) }
    content.sent = .max
    #expect(throws: WireError.invalidValue) { try Content(wireBytes: content.wireBytes) }
    var bytes = OfferBody(suite: 3, expires: 0, key: [1], terms: [2]).wireBytes
    // One above the largest Int64.
    bytes[3] = 0x80
    #expect(throws: WireError.invalidValue) { try OfferBody(wireBytes: bytes) }
  }

  // MARK: The envelope

  private static let layer = OuterLayer(
    key: SharedSecret(zeros: 32), channel: ChannelID(checked: [UInt8](repeating: 7, count: 32)))
  private static let id = EnvelopeID(random: SeededRandom(seed: 2))
  private static let hashes = NamedHashes(
    token: AccessToken(random: SeededRandom(seed: 3)),
    turn: TurnSecret(random: SeededRandom(seed: 4)))

  /// An envelope of `size` bytes whose plaintext is as given, sealed as a member can seal it.
  private func envelope(_ plaintext: [UInt8], _ named: NamedHashes) throws -> [UInt8] {
    var writer = WireWriter()
    writer.write(OuterLayer.version)
    writer.write(Self.layer.channel)
    writer.write(Self.id)
    writer.write(named)
    let nonce = [UInt8](repeating: 9, count: 24)
    return [OuterLayer.version] + nonce
      + (try XChaCha20Poly1305.seal(
        plaintext, key: Self.layer.key, nonce: nonce, associatedData: writer.bytes))
  }

  @Test func `padding is zeros, and nothing is hidden in it`() throws {
    let size = SizeClass.smallestTurn.byteCount - OuterLayer.overhead
    for named in [NamedHashes.none, Self.hashes] {
      var plaintext = [1, 65] + [UInt8](repeating: 0, count: size - 2)
      let honest = try envelope(plaintext, named)
      #expect(Self.layer.open(honest, id: Self.id, named: named) == [65])
      for index in [2, size / 2, size - 1] {
        plaintext[index] = 1
        let forged = try envelope(plaintext, named)
        #expect(Self.layer.open(forged, id: Self.id, named: named) == nil)
        plaintext[index] = 0
      }
    }
  }

  @Test func `a turn has a size of turns`() throws {
    let smallest = try #require(SizeClass(fitting: 1, turning: false))
    try #require(smallest < SizeClass.smallestTurn)
    let plaintext =
      [1, 65] + [UInt8](repeating: 0, count: smallest.byteCount - OuterLayer.overhead - 2)
    #expect(
      Self.layer.open(
        try envelope(plaintext, NamedHashes.none), id: Self.id, named: NamedHashes.none) == [65])
    #expect(
      Self.layer.open(try envelope(plaintext, Self.hashes), id: Self.id, named: Self.hashes)
        == nil)
  }

  // MARK: The address in the context

  @Test func `an address is stored in one spelling, and nothing follows it`() throws {
    let address = try RelayAddress("http://127.0.0.1:8080")
    #expect(try RelayAddress(stored: address.stored) == address)
    #expect(throws: WireError.trailingBytes) { try RelayAddress(stored: address.stored + [0]) }
    for text in ["HTTP://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:08080"] {
      var writer = WireWriter()
      writer.writeOpaque(Array(text.utf8))
      writer.writeOpaque([])
      #expect(throws: RelayAddressError.malformed) { try RelayAddress(stored: writer.bytes) }
    }
  }
}
