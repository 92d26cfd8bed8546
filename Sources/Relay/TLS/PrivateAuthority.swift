// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
package import RelayProtocol
import SwiftASN1
import X509

/// A certificate authority for one relay alone, whose certificate's fingerprint is the relay's pin.
///
/// It does not end: its pin stands in every address and invitation. What it issues is short-lived.
package struct PrivateAuthority: Sendable {
  /// A relay's own certificate is good for so long, in seconds.
  package static let lifetime: Int64 = 90 * 86_400
  /// A relay takes a new one when less than this is left, in seconds.
  package static let renewal: Int64 = 30 * 86_400
  /// What is made is dated back by so much, in seconds: a clock that runs ahead then makes nothing that is not
  /// good yet. With the lifetime it stays below 825 days, beyond which some systems take no certificate.
  package static let backdating: Int64 = 730 * 86_400

  private let certificate: Certificate
  private let key: Certificate.PrivateKey
  /// The certificate in PEM.
  package let certificateText: String
  /// The private key in PEM, which nobody but the relay's owner may read.
  package let keyText: String
  package let pin: RelayPin

  /// Makes an authority; `now` in seconds since 1970.
  package init(now: Int64) throws {
    let secret = P256.Signing.PrivateKey()
    key = Certificate.PrivateKey(secret)
    let name = try DistinguishedName { CommonName("Alcove relay authority") }
    let identifier = SubjectKeyIdentifier(hash: key.publicKey)
    certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: Self.date(now - Self.backdating),
      // RFC 5280 §4.1.2.5: the date of a certificate without a well-defined end.
      notValidAfter: Self.date(253_402_300_799),
      issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
        identifier
      }, issuerPrivateKey: key)
    keyText = secret.pemRepresentation
    certificateText = try certificate.serializeAsPEM().pemString
    pin = try Self.pin(of: certificate)
  }

  /// Takes up an authority that was made before. Refuses a key that is not the certificate's: what it signs
  /// would not chain to the pin.
  package init(certificate: String, key: String) throws {
    self.certificate = try Certificate(pemEncoded: certificate)
    self.key = Certificate.PrivateKey(try P256.Signing.PrivateKey(pemRepresentation: key))
    guard self.certificate.publicKey == self.key.publicKey else {
      throw ServerCertificateError.mismatch
    }
    certificateText = certificate
    keyText = key
    pin = try Self.pin(of: self.certificate)
  }

  /// Issues a certificate for names and IP addresses, with a key of its own.
  ///
  /// - Returns: The chain, own certificate first, and the private key, both in PEM.
  package func issue(
    _ names: [String], from start: Int64, until end: Int64
  ) throws -> (chain: String, key: String) {
    let secret = P256.Signing.PrivateKey()
    let own = Certificate.PrivateKey(secret)
    let issued = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: own.publicKey,
      notValidBefore: Self.date(start), notValidAfter: Self.date(end),
      issuer: certificate.subject, subject: DistinguishedName { CommonName("Alcove relay") },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(names.map(Self.name))
        AuthorityKeyIdentifier(
          keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
      }, issuerPrivateKey: key)
    return (
      try issued.serializeAsPEM().pemString + "\n" + certificateText + "\n",
      secret.pemRepresentation
    )
  }

  /// The names and IP addresses that the first certificate of a chain is for.
  package static func names(of chain: String) throws -> [String] {
    guard let own = try PEMDocument.parseMultiple(pemString: chain).first else {
      throw ServerCertificateError.certificate
    }
    let certificate = try Certificate(pemDocument: own)
    return (try certificate.extensions.subjectAlternativeNames.map(Array.init) ?? [])
      .compactMap { name in
        switch name {
        case .dnsName(let name): name
        case .ipAddress(let bytes): IPAddress(bytes: Array(bytes.bytes))?.text
        default: nil
        }
      }
  }

  private static func name(_ text: String) -> GeneralName {
    guard let address = IPAddress(text) else { return .dnsName(text) }
    return .ipAddress(ASN1OctetString(contentBytes: address.bytes[...]))
  }

  private static func pin(of certificate: Certificate) throws -> RelayPin {
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    return RelayPin(certificate: serializer.serializedBytes)
  }

  private static func date(_ seconds: Int64) -> Date {
    Date(timeIntervalSince1970: TimeInterval(seconds))
  }
}
