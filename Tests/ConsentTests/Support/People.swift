// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
import Primitives
import WireFormat

/// An identity with its devices, made from a seed so that every run has the same keys.
final class TestIdentity: Sendable {
  let key: Ed25519SigningKey
  let role: Role
  private let random: SeededRandom

  init(_ seed: UInt64, _ role: Role) {
    self.role = role
    random = SeededRandom(seed: seed)
    key = random.signingKey()
  }

  var publicKey: IdentityKey { IdentityKey(key.publicKey)! }

  func device(serial: UInt64 = 1) -> TestDevice {
    TestDevice(of: self, serial: serial, key: random.signingKey())
  }
}

/// A device with its certificate, able to sign lines.
final class TestDevice: Sendable {
  let key: Ed25519SigningKey
  let author: LineAuthor
  var identity: IdentityKey { author.device.identity }
  var publicKey: DeviceKey { author.device.device }
  var certificate: [UInt8] { author.device.certificate.wireBytes }

  init(of identity: TestIdentity, serial: UInt64, key: consuming Ed25519SigningKey) {
    author = LineAuthor(
      try! DeviceCertificate.issue(
        for: DeviceKey(key.publicKey)!, serial: DeviceSerial(serial), role: identity.role,
        by: identity.key))
    self.key = key
  }

  func line(
    _ body: LineBody, upon ledger: Ledger, void: [LineHash] = [], clock: ConsentTime
  ) throws -> UnverifiedLine {
    try author.line(body, upon: ledger, void: void, clock: clock, signing: key)
  }
}

extension SeededRandom {
  fileprivate func signingKey() -> Ed25519SigningKey {
    try! Ed25519SigningKey(seed: SecretBytes(copying: secret(32)))
  }
}
