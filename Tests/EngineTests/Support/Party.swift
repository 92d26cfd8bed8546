// SPDX-License-Identifier: Apache-2.0

import Certificates
import Consent
@testable import Engine
import MLS
import Primitives
import Testing
import WireFormat

/// Somebody with an identity and one device, whose keys sign whatever a test asks for.
final class Party: Sendable {
  static let suite = CipherSuite.x25519ChaCha20
  static let start: Int64 = 1_795_000_000

  let identity: Ed25519SigningKey
  let key: Ed25519SigningKey
  let device: VerifiedDevice
  let random: SeededRandom

  /// - Parameters:
  ///   - seed: Decides the identity.
  ///   - keySeed: Decides the device's key, which two identities may certify.
  init(_ role: Role, seed: UInt64, keySeed: UInt64? = nil, serial: UInt64 = 1) throws {
    random = SeededRandom(seed: seed &* 1_000 &+ (keySeed ?? 0) &+ serial)
    identity = try Ed25519SigningKey(
      seed: SecretBytes(copying: SeededRandom(seed: seed).secret(32)))
    key = try Ed25519SigningKey(
      seed: SecretBytes(copying: SeededRandom(seed: (keySeed ?? seed) &+ 500).secret(32)))
    device = try DeviceCertificate.issue(
      for: #require(DeviceKey(key.publicKey)), serial: DeviceSerial(serial), role: role,
      by: identity)
  }

  func line(_ body: LineBody, upon ledger: Ledger, at time: Int64 = start) throws -> UnverifiedLine
  {
    try LineAuthor(device).line(
      body, upon: ledger, clock: ConsentTime(clamping: time), signing: key)
  }

  /// A leaf for one epoch on, certified by the device.
  func leaf(_ relationship: RelationshipID) throws -> FreshLeaf {
    let key = try SignatureKey(suite: Self.suite, random: random)
    let certificate = try LeafCertificate.issue(
      forLeafKey: key.publicKey.bytes, relationship: relationship.bytes, device: device,
      by: self.key)
    return FreshLeaf(
      parameters: LeafParameters(
        signatureKey: key, credential: .other(.alcove, body: certificate.wireBytes),
        capabilities: GroupContextPolicy.capabilities(Self.suite),
        grease: GroupContextPolicy.grease),
      serial: device.serial.value)
  }

  func package(_ relationship: RelationshipID) throws -> OwnKeyPackage {
    let leaf = try leaf(relationship).parameters
    return try OwnKeyPackage(
      signatureKey: leaf.signatureKey, credential: leaf.credential,
      capabilities: leaf.capabilities,
      lifetime: Lifetime(
        notBefore: UInt64(Self.start - 86_400), notAfter: UInt64(Self.start + 60 * 86_400)),
      grease: GroupContextPolicy.grease, random: random)
  }
}
