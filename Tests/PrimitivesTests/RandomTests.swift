// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Primitives

@Suite struct RandomTests {
  @Test func `a seed repeats its bytes and no other seed does`() {
    let (one, two) = (SeededRandom(seed: 1), SeededRandom(seed: 1))
    for count in [0, 1, 7, 32, 100] { #expect(one.bytes(count) == two.bytes(count)) }
    #expect(SeededRandom(seed: 1).bytes(32) != SeededRandom(seed: 2).bytes(32))
    #expect(one.bytes(32) != one.bytes(32))
  }

  @Test func `the system's bytes are of the size asked for and not alike`() {
    let random = SystemRandom()
    for count in [0, 1, 32, 1_000] { #expect(random.bytes(count).count == count) }
    #expect(random.bytes(32) != random.bytes(32))
    #expect(!random.secret(32).equals(random.secret(32)))
  }

  @Test(arguments: [1, 2, 3, 7, 256, 1 << 40] as [UInt64])
  func `numbers stay below their bound and reach its ends`(_ bound: UInt64) {
    let random = SeededRandom(seed: bound)
    var seen: Set<UInt64> = []
    for _ in 0..<500 {
      let number = random.uniform(below: bound)
      #expect(number < bound)
      seen.insert(number)
    }
    if bound <= 7 { #expect(UInt64(seen.count) == bound) }
  }
}
