// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// Whoever founds a group holds to the rules that its members would hold against it.
struct FoundingRuleTests {
  private func expectRefusal(
    _ rule: MLSError, extensions: [Extension] = [], validation: Validation = acceptAll,
    _ change: (inout LeafParameters) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var parameters = try TestClient("alice").parameters
    change(&parameters)
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try Group(
        creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters, extensions: extensions,
        validation: validation, random: SystemRandom())
    }
  }

  @Test func `not with a key of another suite — RFC 9420 §5.1.2`() throws {
    // Both sign with Ed25519: the signature alone would not tell.
    let other = try SignatureKey(suite: .x25519AES128, random: SystemRandom())
    try expectRefusal(.unsupportedCipherSuite) { $0.signatureKey = other }
  }

  @Test func `not with a leaf that is not valid — RFC 9420 §7.2, RFC 9420 §7.3`() throws {
    try expectRefusal(.invalidLeafNode(.ownCredentialTypeUnlisted)) {
      $0.capabilities.credentials = [.x509]
    }
    try expectRefusal(.invalidLeafNode(.cipherSuite)) { $0.capabilities.cipherSuites = [] }
    try expectRefusal(
      .invalidLeafNode(.credential),
      validation: Validation(credentials: NoMallory(), now: testTime)
    ) { $0.credential = NoMallory.mallory }
  }

  @Test func `not with extensions twice, or that it does not support — RFC 9420 §13.4`() throws {
    let one = Extension(type: testExtension, data: [])
    try expectRefusal(.invalidExtensions(.duplicateType), extensions: [one, one])
    try expectRefusal(.invalidLeafNode(.groupExtensionUnsupported), extensions: [one]) {
      $0.capabilities.extensions = []
    }
  }

  @Test func `not with a reserved value, though its leaf lists it — RFC 9420 §13.5`() throws {
    let type = ExtensionType(rawValue: 0x0A0A)
    for (extensions, rule) in [
      ([Extension(type: type, data: [])], ExtensionRule.unsupported),
      ([RequiredCapabilities(extensions: [type]).asExtension], .requiredCapabilities),
    ] {
      try expectRefusal(.invalidExtensions(rule), extensions: extensions) {
        $0.capabilities.extensions.append(type)
      }
    }
  }

  @Test func `not with external senders whom the application refuses — RFC 9420 §5.3.1`() throws {
    let key = try TestClient("mallory").signatureKey.publicKey
    let senders = ExternalSender.asExtension([
      ExternalSender(signatureKey: key, credential: NoMallory.mallory)
    ])
    try expectRefusal(
      .invalidExtensions(.externalSenderCredential), extensions: [senders],
      validation: Validation(credentials: NoMallory(), now: testTime))
  }
}
