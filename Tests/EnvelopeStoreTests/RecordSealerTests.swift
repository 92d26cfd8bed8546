// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Primitives
import Testing

@Suite struct RecordSealerTests {
  let random = SeededRandom(seed: 11)
  let secret = SharedSecret([UInt8](repeating: 3, count: 32))
  let address = RecordAddress(.message, StoreFixture.mara, RecordKey(5))

  @Test(arguments: [0, 1, 100, 60_000])
  func `a record opens where it was sealed`(count: Int) throws {
    let sealer = try #require(RecordSealer(key: secret, generation: .first))
    let content = random.bytes(count)
    let sealed = try sealer.seal(content, at: address, random: random)
    #expect(sealed.count == count + 41)
    #expect(try sealer.open(sealed, at: address) == content)
  }

  @Test func `a record does not open at any other address`() throws {
    let sealer = try #require(RecordSealer(key: secret, generation: .first))
    let sealed = try sealer.seal([1, 2, 3], at: address, random: random)
    let others = [
      RecordAddress(.outbox, address.owner, address.key),
      RecordAddress(.message, StoreFixture.jonas, address.key),
      RecordAddress(.message, address.owner, RecordKey(6)),
      RecordAddress(.message, address.owner, RecordKey(address.key.bytes + [0])),
      RecordAddress(.message, address.owner, .only),
    ]
    for other in others {
      #expect(throws: StoreError.integrity) { try sealer.open(sealed, at: other) }
    }
  }

  @Test func `a record does not open under another key or generation`() throws {
    let sealer = try #require(RecordSealer(key: secret, generation: .first))
    let sealed = try sealer.seal([1, 2, 3], at: address, random: random)
    let later = try #require(RecordSealer(key: secret, generation: KeyGeneration(2)))
    let other = try #require(
      RecordSealer(key: SharedSecret([UInt8](repeating: 4, count: 32)), generation: .first))
    #expect(throws: StoreError.integrity) { try later.open(sealed, at: address) }
    #expect(throws: StoreError.integrity) { try other.open(sealed, at: address) }
  }

  @Test func `every changed bit and every shorter or longer record is refused`() throws {
    let sealer = try #require(RecordSealer(key: secret, generation: .first))
    let sealed = try sealer.seal([1, 2, 3], at: address, random: random)
    for index in sealed.indices {
      for bit in 0..<8 {
        var changed = sealed
        changed[index] ^= 1 << UInt8(bit)
        #expect(throws: StoreError.integrity) { try sealer.open(changed, at: address) }
      }
      #expect(throws: StoreError.integrity) {
        try sealer.open(Array(sealed[..<index]), at: address)
      }
    }
    #expect(throws: StoreError.integrity) { try sealer.open(sealed + [0], at: address) }
  }

  @Test func `the same content never gives the same bytes`() throws {
    let sealer = try #require(RecordSealer(key: secret, generation: .first))
    let once = try sealer.seal([1], at: address, random: random)
    let again = try sealer.seal([1], at: address, random: random)
    #expect(once[1..<25] != again[1..<25])
    #expect(once != again)
  }

  @Test func `a key of another size makes no sealer`() {
    for count in [0, 16, 31, 33, 64] {
      let secret = SharedSecret([UInt8](repeating: 1, count: count))
      let hasSealer = RecordSealer(key: secret, generation: .first) != nil
      #expect(!hasSealer)
    }
  }
}
