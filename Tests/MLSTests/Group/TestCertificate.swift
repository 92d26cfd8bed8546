// SPDX-License-Identifier: Apache-2.0

import MLS
import SwiftASN1

/// A certificate of a signature key, in DER, by an authority that is nobody's and has signed nothing.
///
/// - Parameters:
///   - keyType: What the certificate says of the key.
///   - signature: The algorithm of the authority's signature; ECDSA with SHA-256 if nothing else is said.
func testCertificate(
  of key: SignaturePublicKey, _ scheme: SignatureScheme = .ed25519,
  keyType: [ASN1ObjectIdentifier]? = nil,
  signature: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]
) throws -> [UInt8] {
  let ecdsa: ASN1ObjectIdentifier = [1, 2, 840, 10045, 2, 1]
  let schemeType: [ASN1ObjectIdentifier] =
    switch scheme {
    case .ed25519: [[1, 3, 101, 112]]
    case .ecdsaP256: [ecdsa, [1, 2, 840, 10045, 3, 1, 7]]
    case .ecdsaP384: [ecdsa, [1, 3, 132, 0, 34]]
    case .ecdsaP521: [ecdsa, [1, 3, 132, 0, 35]]
    }
  func list(_ into: inout DER.Serializer, _ identifiers: [ASN1ObjectIdentifier]) throws {
    try into.appendConstructedNode(identifier: .sequence) { parts in
      for identifier in identifiers { try parts.serialize(identifier) }
    }
  }
  var serializer = DER.Serializer()
  try serializer.appendConstructedNode(identifier: .sequence) { certificate in
    try certificate.appendConstructedNode(identifier: .sequence) { contents in
      try contents.serialize(2, explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific)
      try contents.serialize(1)
      try list(&contents, [signature])
      // Issuer, validity and subject: empty, and nobody's business here.
      for _ in 0..<3 { try list(&contents, []) }
      try contents.appendConstructedNode(identifier: .sequence) { info in
        try list(&info, keyType ?? schemeType)
        try info.serialize(ASN1BitString(bytes: key.bytes[...]))
      }
    }
    try list(&certificate, [signature])
    try certificate.serialize(ASN1BitString(bytes: [1]))
  }
  return serializer.serializedBytes
}
