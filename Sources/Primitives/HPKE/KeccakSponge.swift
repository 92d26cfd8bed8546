// SPDX-License-Identifier: Apache-2.0

/// The sponge of FIPS 202 over Keccak-f[1600].
///
/// No branch and no index depends on the data. The lanes lie in the value itself, so that a secret
/// absorbed here leaves no copy on the heap.
struct KeccakSponge {
  private var lanes = InlineArray<25, UInt64>(repeating: 0)
  private let rate: Int
  private var position = 0

  /// A sponge that takes and gives `rate` bytes per permutation.
  init(rate: Int) {
    self.rate = rate
  }

  mutating func absorb(_ bytes: [UInt8]) {
    for byte in bytes {
      add(byte, at: position)
      position += 1
      if position == rate {
        permute()
        position = 0
      }
    }
  }

  /// Pads with the domain's suffix and turns to squeezing.
  mutating func finish(domain: UInt8) {
    add(domain, at: position)
    add(0x80, at: rate - 1)
    permute()
    position = 0
  }

  mutating func squeeze(_ count: Int) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(count)
    while output.count < count {
      if position == rate {
        permute()
        position = 0
      }
      output.append(UInt8(truncatingIfNeeded: lanes[position / 8] >> (8 * UInt64(position % 8))))
      position += 1
    }
    return output
  }

  /// Overwrites the state.
  @inline(never)
  mutating func wipe() {
    for index in 0..<25 { lanes[index] = 0 }
  }

  private mutating func add(_ byte: UInt8, at index: Int) {
    lanes[index / 8] ^= UInt64(byte) << (8 * UInt64(index % 8))
  }

  /// Keccak-f[1600], FIPS 202 section 3.3.
  private mutating func permute() {
    for constant in Self.roundConstants {
      theta()
      rhoAndPi()
      chi()
      lanes[0] ^= constant
    }
  }

  private mutating func theta() {
    var parity = InlineArray<5, UInt64>(repeating: 0)
    for x in 0..<5 {
      parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]
    }
    for x in 0..<5 {
      let next = parity[(x + 1) % 5]
      let mix = parity[(x + 4) % 5] ^ (next << 1 | next >> 63)
      for y in stride(from: 0, to: 25, by: 5) { lanes[x + y] ^= mix }
    }
  }

  /// Rotates each lane and moves it, following the one cycle that the 24 moving lanes form.
  private mutating func rhoAndPi() {
    var moving = lanes[1]
    for step in 0..<24 {
      let target = Self.piCycle[step]
      let displaced = lanes[target]
      let amount = UInt64((step + 1) * (step + 2) / 2 % 64)
      lanes[target] = amount == 0 ? moving : moving << amount | moving >> (64 - amount)
      moving = displaced
    }
  }

  private mutating func chi() {
    for y in stride(from: 0, to: 25, by: 5) {
      let (a, b, c) = (lanes[y], lanes[y + 1], lanes[y + 2])
      let (d, e) = (lanes[y + 3], lanes[y + 4])
      lanes[y] = a ^ (~b & c)
      lanes[y + 1] = b ^ (~c & d)
      lanes[y + 2] = c ^ (~d & e)
      lanes[y + 3] = d ^ (~e & a)
      lanes[y + 4] = e ^ (~a & b)
    }
  }

  /// The lane at (x, y) goes to (y, 2x + 3y): starting from lane 1, FIPS 202 section 3.2.2.
  private static let piCycle: [Int] = [
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1,
  ]

  private static let roundConstants: [UInt64] = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
    0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
  ]
}
