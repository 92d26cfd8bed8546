// SPDX-License-Identifier: Apache-2.0

import SwiftASN1

extension Credential {
  /// Whether it can stand in a leaf with this signature key: a certificate says itself whose it is, RFC 9420
  /// sections 5.1.2 and 5.3. Whether the chain is one to trust is the application's to say, and so is everything
  /// of other types.
  func fits(_ signatureKey: SignaturePublicKey, of scheme: SignatureScheme) -> Bool {
    guard case .x509(let certificates) = self else { return true }
    guard let first = certificates.first, let certified = try? Self.publicKeyInfo(in: first),
      let own = try? scheme.publicKeyInfo(signatureKey)
    else { return false }
    return certified.elementsEqual(own)
  }

  /// The `SubjectPublicKeyInfo` of a certificate (RFC 5280 section 4.1), as it is encoded; nil where there is none.
  ///
  /// Nothing else is read: a chain may be signed with what only the application knows.
  private static func publicKeyInfo(in certificate: [UInt8]) throws -> ArraySlice<UInt8>? {
    guard let contents = try DER.parse(certificate).parts?.first?.parts else { return nil }
    // version [0] OPTIONAL, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
    let version = ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific)
    return contents.drop { $0.identifier == version }.dropFirst(5).first?.encodedBytes
  }
}

extension ASN1Node {
  /// What a SEQUENCE holds; nil for anything else.
  fileprivate var parts: [ASN1Node]? {
    guard identifier == .sequence, case .constructed(let nodes) = content else { return nil }
    return Array(nodes)
  }
}

extension SignatureScheme {
  /// A key of this scheme as a `SubjectPublicKeyInfo`: RFC 8410 section 4, RFC 5480 section 2.
  fileprivate func publicKeyInfo(_ key: SignaturePublicKey) throws -> [UInt8] {
    let ecdsa: ASN1ObjectIdentifier = [1, 2, 840, 10045, 2, 1]
    let algorithm: [ASN1ObjectIdentifier] =
      switch self {
      case .ed25519: [[1, 3, 101, 112]]
      case .ecdsaP256: [ecdsa, [1, 2, 840, 10045, 3, 1, 7]]
      case .ecdsaP384: [ecdsa, [1, 3, 132, 0, 34]]
      case .ecdsaP521: [ecdsa, [1, 3, 132, 0, 35]]
      }
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { info in
      try info.appendConstructedNode(identifier: .sequence) { parts in
        for identifier in algorithm { try parts.serialize(identifier) }
      }
      try info.serialize(ASN1BitString(bytes: key.bytes[...]))
    }
    return serializer.serializedBytes
  }
}
