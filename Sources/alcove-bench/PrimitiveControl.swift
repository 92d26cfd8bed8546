// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What the machine takes for the operations that everything else is made of.
struct PrimitiveControl {
  let sign: Duration
  let verify: Duration
  let agree: Duration

  static func measure() throws -> PrimitiveControl {
    let samples = try (0..<15).map { _ in try sample(count: 100) }
    return PrimitiveControl(
      sign: samples.map(\.sign).median, verify: samples.map(\.verify).median,
      agree: samples.map(\.agree).median)
  }

  /// One quick look: means of `count` calls each, verifications of half as many.
  static func sample(count: Int) throws -> PrimitiveControl {
    let random = SystemRandom()
    let (key, publicKey) = Ed25519.generate(random)
    let message = random.bytes(200)
    let signature = key.sign(message)
    let scalar = random.secret(32)
    let point = try X25519.publicKey(of: random.secret(32))
    return PrimitiveControl(
      sign: Timing.mean(count: count) { _ = key.sign(message) },
      verify: Timing.mean(count: count / 2) {
        _ = Ed25519.verify(signature: signature, message: message, publicKey: publicKey)
      },
      agree: try Timing.mean(count: count) {
        _ = try X25519.sharedSecret(scalar, point)
      })
  }

  /// The median of a few looks at a signature alone.
  static func signature() -> Duration {
    let (key, _) = Ed25519.generate(SystemRandom())
    let message = SystemRandom().bytes(200)
    return (0..<9).map { _ in Timing.mean(count: 30) { _ = key.sign(message) } }.median
  }

  func print(_ title: String) {
    Swift.print(
      "\(title): Ed25519 sign \(figure(sign.microseconds)) us, verify "
        + "\(figure(verify.microseconds)) us, X25519 \(figure(agree.microseconds)) us")
  }
}
