// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Primitives

@Suite struct SecretTests {
  @Test func `no secret shows in a description, a reflection, a dump or a mirror`() throws {
    let canary = Array(0xa0..<0xc0) as [UInt8]
    let secret = SharedSecret(canary)
    let key = try Ed25519PrivateKey(seed: secret)
    let hpkeKey = HPKEPrivateKey(secret, kem: .x25519)
    let pair = HPKEKeyPair(privateKey: hpkeKey, publicKey: try hpkeKey.publicKey())
    struct Holder {
      let secret: SharedSecret
      let key: Ed25519PrivateKey
    }
    let holder = Holder(secret: secret, key: key)
    var text = "\(secret) \(key) \(pair) \(holder) \(Optional(secret) as Any)"
    text += String(reflecting: secret) + String(reflecting: holder) + String(reflecting: pair)
    for value in [secret, key, hpkeKey, pair, holder] as [Any] {
      dump(value, to: &text)
      text += "\(Mirror(reflecting: value).children.map { "\($0)" })"
    }
    #expect(text.contains("redacted"))
    let decimal = canary.prefix(4).map(String.init).joined(separator: ", ")
    for form in [Hex.encode(canary.prefix(4)), String(Base64URL.encode(canary).prefix(5)), decimal]
    {
      #expect(!text.lowercased().contains(form.lowercased()), "\(form)")
    }
  }

  @Test func `secrets of every size keep their bytes and wipe their source`() throws {
    for count in [0, 1, 31, 32, 63, 64, 65, 127, 1_000, 5_000, 70_000] {
      let expected = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 1) }
      var source = Array(expected)
      source.reserveCapacity(count + 1)
      let secret = try SecretBytes(consumingAndWiping: &source)
      #expect(source.allSatisfy { $0 == 0 })
      #expect(secret.count == count)
      #expect(secret.shared().exposedBytes() == expected)
      let copy = try secret.copy()
      let isEqual = copy.equals(secret)
      #expect(isEqual)
    }
  }

  @Test func `a released place is zero when the next secret gets it`() throws {
    for _ in 0..<100 {
      var bytes = [UInt8](repeating: 0xaa, count: 40)
      let held = try SecretBytes(consumingAndWiping: &bytes)
      #expect(held.count == 40)
    }
    let fresh = try unsafe SecretBytes(count: 64) { _ in }
    #expect(fresh.shared().exposedBytes().allSatisfy { $0 == 0 })
  }

  @Test func `many small secrets live at once, each with its own bytes`() throws {
    var shared: [SharedSecret] = []
    for number in 0..<5_000 {
      let secret = try SecretBytes(
        copying: SharedSecret([UInt8](repeating: UInt8(number % 251), count: 32)))
      shared.append(secret.shared())
    }
    for (number, secret) in shared.enumerated() {
      #expect(secret.exposedBytes().allSatisfy { $0 == UInt8(number % 251) })
    }
  }

  @Test func `secrets are compared by length and content`() throws {
    let one = SharedSecret([1, 2, 3])
    #expect(one.equals(SharedSecret([1, 2, 3])))
    #expect(!one.equals(SharedSecret([1, 2, 4])))
    #expect(!one.equals(SharedSecret([1, 2])))
    #expect(!one.equals(SharedSecret([])))
    #expect(constantTimeEquals([], []) && constantTimeEquals([7], [7]))
    // A tag that is empty, cut or lengthened is not the tag.
    for other in [[], [1], [1, 2], [1, 2, 3, 4], [1, 2, 4]] as [[UInt8]] {
      #expect(!constantTimeEquals([1, 2, 3], other))
    }
  }

  /// AddressSanitizer takes the place of `mlock` by a function that does nothing and says it has.
  private static let locksAreReal = unsafe dlsym(nil, "__asan_init") == nil

  @Test(.enabled(if: locksAreReal))
  func `memory that could not be locked is noticed`() async {
    await #expect(processExitsWith: .exitCode(3)) {
      // An ordinary user who may lock nothing; the slabs of this process are still to be made.
      var limit = rlimit(rlim_cur: 0, rlim_max: 0)
      guard unsafe setrlimit(Int32(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else { exit(1) }
      if geteuid() == 0, setuid(65_534) != 0 { exit(2) }
      let secret = try SecretBytes(random: 32)
      exit(secret.count == 32 && !SecretBytes.memoryIsLocked ? 3 : 4)
    }
  }

  @Test func `memory within the limit is locked`() async {
    await #expect(processExitsWith: .exitCode(3)) {
      let secret = try SecretBytes(random: 32)
      exit(secret.count == 32 && SecretBytes.memoryIsLocked ? 3 : 4)
    }
  }
}
