// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import Certificates

@Suite struct CertificatesTests {
  private let relationship = [UInt8](repeating: 7, count: 16)

  private func chain() throws -> (LeafCertificate, leafKey: [UInt8]) {
    let identity = try Ed25519SigningKey()
    let device = try Ed25519SigningKey()
    let leaf = try Ed25519SigningKey()
    let verified = try DeviceCertificate.issue(
      for: #require(DeviceKey(device.publicKey)), serial: .first, role: .client, by: identity)
    let certificate = try LeafCertificate.issue(
      forLeafKey: leaf.publicKey, relationship: relationship, device: verified, by: device)
    return (certificate, leaf.publicKey)
  }

  @Test func `a chain that was issued verifies after a round trip`() throws {
    let (certificate, leafKey) = try chain()
    #expect(certificate.wireBytes.count == LeafCertificate.length)
    #expect(certificate.device.wireBytes.count == DeviceCertificate.length)
    let again = try LeafCertificate(certificate.wireBytes)
    let leaf = try again.verify(leafKey: leafKey, relationship: relationship)
    #expect(leaf.device.role == .client)
    #expect(leaf.device.serial == .first)
  }

  @Test func `every flipped bit is found`() throws {
    let (certificate, leafKey) = try chain()
    let bytes = certificate.wireBytes
    for index in bytes.indices {
      for bit in 0..<8 {
        var forged = bytes
        forged[index] ^= 1 << bit
        #expect(throws: CertificateError.self, "byte \(index), bit \(bit)") {
          try LeafCertificate(forged).verify(leafKey: leafKey, relationship: relationship)
        }
      }
    }
  }

  @Test func `a certificate proves nothing for another leaf or relationship`() throws {
    let (certificate, leafKey) = try chain()
    #expect(throws: CertificateError.deviceSignature) {
      try certificate.verify(
        leafKey: Ed25519SigningKey().publicKey, relationship: relationship)
    }
    #expect(throws: CertificateError.deviceSignature) {
      try certificate.verify(leafKey: leafKey, relationship: [UInt8](repeating: 8, count: 16))
    }
  }

  @Test func `a device cannot certify a leaf in another device's name`() throws {
    let identity = try Ed25519SigningKey()
    let device = try Ed25519SigningKey()
    let verified = try DeviceCertificate.issue(
      for: #require(DeviceKey(device.publicKey)), serial: .first, role: .therapist, by: identity)
    #expect(throws: CertificateError.deviceSignature) {
      try LeafCertificate.issue(
        forLeafKey: Ed25519SigningKey().publicKey, relationship: relationship, device: verified,
        by: Ed25519SigningKey())
    }
  }

  @Test(arguments: [0, 1, 137, 139, 202, 204])
  func `another size than a certificate's is malformed`(_ size: Int) throws {
    let bytes = [UInt8](repeating: 1, count: size)
    #expect(throws: CertificateError.malformed) { try DeviceCertificate(bytes) }
    #expect(throws: CertificateError.malformed) { try LeafCertificate(bytes) }
  }

  @Test func `a device's signature is not an identity's`() throws {
    // The labels keep the two kinds of statement apart, even where one key were to sign both.
    let key = try Ed25519SigningKey()
    let verified = try DeviceCertificate.issue(
      for: #require(DeviceKey(key.publicKey)), serial: .first, role: .client, by: key)
    var bytes = verified.certificate.wireBytes
    let leaf = try LeafCertificate.issue(
      forLeafKey: key.publicKey, relationship: relationship, device: verified, by: key)
    bytes.replaceSubrange(74..., with: leaf.wireBytes.suffix(64))
    #expect(throws: CertificateError.identitySignature) { try DeviceCertificate(bytes).verify() }
  }

  @Test func `serials order devices and end without a trap`() {
    #expect(DeviceSerial.first < DeviceSerial(2))
    #expect(DeviceSerial(.max).next == nil)
  }
}
