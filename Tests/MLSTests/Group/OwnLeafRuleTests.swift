// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// A leaf of one's own that others would refuse is not sent: nobody could follow its Commit, and the epoch
/// would be lost to its maker.
struct OwnLeafRuleTests {
  private func expectRefusal(
    _ rule: MLSError, validation: Validation = acceptAll,
    sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout LeafParameters) -> Void
  ) throws {
    var (alice, _) = try groupOfTwo(settings: .open)
    var options = CommitOptions()
    var parameters = try TestClient("alice").parameters
    change(&parameters)
    options.leaf = parameters
    let before = alice.encodedExposingSecrets()
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try alice.commit(options: options, validation: validation, random: SystemRandom())
    }
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try alice.proposeUpdate(parameters, validation: validation, random: SystemRandom())
    }
    #expect(alice.encodedExposingSecrets() == before, sourceLocation: sourceLocation)
  }

  @Test func `with a key of another suite — RFC 9420 §5.1.2`() throws {
    // Both sign with Ed25519: the signature alone would not tell.
    let other = try SignatureKey(suite: .x25519AES128, random: SystemRandom())
    try expectRefusal(.unsupportedCipherSuite) { $0.signatureKey = other }
  }

  @Test func `that does not list what it uses itself — RFC 9420 §7.2, RFC 9420 §7.3`() throws {
    try expectRefusal(.invalidLeafNode(.ownCredentialTypeUnlisted)) {
      $0.capabilities.credentials = [.x509]
    }
    try expectRefusal(.invalidLeafNode(.version)) { $0.capabilities.versions = [] }
    try expectRefusal(.invalidLeafNode(.extensionUnlisted)) {
      $0.extensions = [Extension(type: testExtension, data: [])]
      $0.capabilities.extensions = []
    }
  }

  @Test func `whose credential the application takes for no successor — RFC 9420 §5.3.1`() throws {
    try expectRefusal(
      .invalidLeafNode(.credential),
      validation: Validation(credentials: NoMallory(), now: testTime)
    ) { $0.credential = .basic(identity: Array("bob".utf8)) }
  }
}
