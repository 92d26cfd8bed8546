// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Testing

@Suite struct TurnReceiptTests {
  private static func turn(_ change: Int? = nil) -> TurnReceipt.Turn {
    func bytes(_ index: Int, _ count: Int) -> [UInt8] {
      var bytes = [UInt8](repeating: UInt8(index), count: count)
      if change == index { bytes[count - 1] ^= 1 }
      return bytes
    }
    return TurnReceipt.Turn(
      channel: ChannelID(checked: bytes(0, 32)), id: EnvelopeID(checked: bytes(1, 16)),
      named: NamedHashes(
        token: TokenHash(checked: bytes(2, 32)), turn: TurnHash(checked: bytes(3, 32))),
      at: LogAt(
        position: Position(change == 4 ? 8 : 7), chain: ChainHash(checked: bytes(5, 32))))
  }

  private static let relay = Ed25519.generate(SeededRandom(seed: 1)).privateKey

  @Test func `a receipt holds for its turn, its day and its relay, and for nothing else`() {
    let receipt = TurnReceipt(of: Self.turn(), on: 20_000, by: Self.relay)
    #expect(receipt.holds(for: Self.turn(), by: Self.relay.publicKey))
    // The same again is the same.
    #expect(receipt == TurnReceipt(of: Self.turn(), on: 20_000, by: Self.relay))
    for change in 0...5 {
      #expect(!receipt.holds(for: Self.turn(change), by: Self.relay.publicKey), "part \(change)")
    }
    let later = TurnReceipt(day: 20_001, signature: receipt.signature)
    #expect(!later.holds(for: Self.turn(), by: Self.relay.publicKey))
    let other = Ed25519.generate(SeededRandom(seed: 2)).privateKey
    #expect(!receipt.holds(for: Self.turn(), by: other.publicKey))
    #expect(!receipt.holds(for: Self.turn(), by: []))
    for index in receipt.signature.indices {
      var forged = receipt.signature
      forged[index] ^= 1
      let receipt = TurnReceipt(day: 20_000, signature: forged)
      #expect(!receipt.holds(for: Self.turn(), by: Self.relay.publicKey))
    }
  }

  @Test func `its text has one spelling`() {
    let receipt = TurnReceipt(of: Self.turn(), on: 20_000, by: Self.relay)
    #expect(TurnReceipt(text: receipt.text) == receipt)
    let signature = Base64URL.encode(receipt.signature)
    for bad in [
      "", ".", "20000", "20000.", ".\(signature)", "020000.\(signature)", "-1.\(signature)",
      "+20000.\(signature)", "4294967296.\(signature)", "20000.\(signature)=",
      "20000.\(signature.dropLast())", "20000.\(signature)A", "20000.\(signature).1",
      " 20000.\(signature)", "20000." + String(repeating: "A", count: 4_000),
    ] {
      #expect(TurnReceipt(text: bad) == nil, "\(bad.prefix(40))")
    }
  }
}
