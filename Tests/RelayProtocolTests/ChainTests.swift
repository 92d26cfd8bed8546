// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing

/// The values were computed with Python's `hashlib.blake2b(digest_size=32)`.
@Suite struct ChainTests {
  private let channel = ChannelID(checked: Array(0..<32))
  private let message = EnvelopeID(checked: Array(0xA0...0xAF))
  private let commit = EnvelopeID(checked: Array(0xB0...0xBF))
  private let named = NamedHashes(
    token: TokenHash(checked: [UInt8](repeating: 1, count: 32)),
    turn: TurnHash(checked: [UInt8](repeating: 2, count: 32)))

  @Test func `the chain of an empty channel is the hash of its id`() {
    #expect(
      Hex.encode(ChainHash.founding(channel).bytes)
        == "4024387da7798d325aaf16a1fc0eba850fd5e6c19048f6aee23fe089f86d216e")
  }

  @Test func `entries and chain are those of an independent computation`() {
    let first = EntryHash(
      id: message, named: .none, envelope: [UInt8](repeating: 0x5A, count: 1_024))
    #expect(
      Hex.encode(first.bytes) == "546cc3f2a233b0d83f2ccd06c80e74a9af46997b4d65bdfeeb63d086b2a42cc0")
    let one = ChainHash.founding(channel).adding(first, at: Position(1))
    #expect(
      Hex.encode(one.bytes) == "13725c8c04e3eef60f958da4622402e7070ee3b11ae11c0550cc42edd4e643a2")

    let second = EntryHash(
      id: commit, named: named, envelope: [UInt8](repeating: 0x3C, count: 16_384))
    #expect(
      Hex.encode(second.bytes)
        == "65e8631f77701578698b71de56f32000e1199c542e210a28e90f2ff3d6941fa7")
    let two = one.adding(second, at: Position(2))
    #expect(
      Hex.encode(two.bytes) == "014462c8ad03350334193bd7c6232030228bd12b9b06e385585c54bf58cdd7cf")
  }

  @Test func `every part of an entry changes its hash`() {
    let envelope = [UInt8](repeating: 7, count: 1_024)
    var changed = envelope
    changed[1_023] ^= 1
    let hashes: Set<EntryHash> = [
      EntryHash(id: message, named: .none, envelope: envelope),
      EntryHash(id: commit, named: .none, envelope: envelope),
      EntryHash(id: message, named: named, envelope: envelope),
      EntryHash(id: message, named: .none, envelope: changed),
    ]
    #expect(hashes.count == 4)
  }

  @Test func `an entry at another position makes another chain`() {
    let entry = EntryHash(id: message, named: .none, envelope: [])
    let start = ChainHash.founding(channel)
    #expect(start.adding(entry, at: Position(1)) != start.adding(entry, at: Position(2)))
  }
}
