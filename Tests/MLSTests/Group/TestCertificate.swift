// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
import MLS
import SwiftASN1
import X509

/// A certificate of a signature key, in DER, by an authority that is nobody's.
func testCertificate(
  of key: SignaturePublicKey, _ scheme: SignatureScheme = .ed25519
) throws -> [UInt8] {
  let name = try DistinguishedName { CommonName("test") }
  let publicKey: Certificate.PublicKey =
    switch scheme {
    case .ed25519: .init(try Curve25519.Signing.PublicKey(rawRepresentation: key.bytes))
    case .ecdsaP256: .init(try P256.Signing.PublicKey(x963Representation: key.bytes))
    case .ecdsaP384: .init(try P384.Signing.PublicKey(x963Representation: key.bytes))
    case .ecdsaP521: .init(try P521.Signing.PublicKey(x963Representation: key.bytes))
    }
  let certificate = try Certificate(
    version: .v3, serialNumber: Certificate.SerialNumber(bytes: [1]), publicKey: publicKey,
    notValidBefore: Date(timeIntervalSince1970: 0),
    notValidAfter: Date(timeIntervalSince1970: 60), issuer: name, subject: name,
    extensions: Certificate.Extensions(),
    issuerPrivateKey: Certificate.PrivateKey(P256.Signing.PrivateKey()))
  var serializer = DER.Serializer()
  try serializer.serialize(certificate)
  return serializer.serializedBytes
}
