// SPDX-License-Identifier: Apache-2.0

import struct Crypto.SHA3_256
import Testing

@testable import Primitives

struct SHAKE256Tests {
  @Test func `SHAKE256 gives the outputs that NIST publishes for FIPS 202`() {
    #expect(
      hex(SHAKE256.hash([], count: 32))
        == "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f")
    // The example of 1,600 bits: 200 bytes of 0xA3, 512 bytes out, so several permutations each way.
    let long = SHAKE256.hash([UInt8](repeating: 0xA3, count: 200), count: 512)
    #expect(
      hex(Array(long[..<32]))
        == "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d")
    #expect(
      hex(Array(long[480...]))
        == "6a1a9d7846436e4dca5728b6f760eef0ca92bf0be5615e96959d767197a0beeb")
  }

  @Test func `SHAKE256 holds where the message ends at the edge of a block`() {
    #expect(
      hex(SHAKE256.hash([UInt8](repeating: 0x61, count: 135), count: 137))
        == "55b991ece1e567b6e7c2c714444dd201cd51f4f3832d08e1d26bebc63e07a3d7ddeed4a5aa6df7a15f89f2"
        + "050566f75d9cf1a4dea4ed1f578df0985d5706d49e877d9a913dcdbc26a4c4e807ec72dc10438df95873e2"
        + "4660e39cd49aa4e5df286cb5ba60eaad91ff134754c21cd736681a8f8effd9ab43a136a0888e8a753ccf47"
        + "eda6d692ca1fcba3")
    #expect(
      hex(SHAKE256.hash(Array(0..<136), count: 32))
        == "b7ff4073b3f5a8eabd6e17705ca7f6761a31058f9df781a6a47e3a3063b9d67a")
  }

  @Test func `the permutation is that of the library's SHA3-256`() {
    for count in 0...300 {
      let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
      var sponge = KeccakSponge(rate: 136)
      sponge.absorb(message)
      sponge.finish(domain: 0x06)
      #expect(sponge.squeeze(32) == Array(SHA3_256.hash(data: message)), "\(count) bytes")
    }
  }
}

func hex(_ bytes: [UInt8]) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
