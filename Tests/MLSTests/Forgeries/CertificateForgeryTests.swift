// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import SwiftASN1
import Testing

@testable import MLS

/// X.509 credentials in leaves, and such as are not of the leaf's key: refused wherever a leaf comes in.
struct CertificateForgeryTests {
  private static let refusal = MLSError.invalidLeafNode(.certificateKey)

  /// What stands in place of the certificate of `key`: another's, one's own behind another's, none, and no certificate.
  private static func forgeries(of key: SignaturePublicKey) throws -> [[[UInt8]]] {
    let own = try testCertificate(of: key)
    let other = try testCertificate(of: TestClient("other").signatureKey.publicKey)
    return [
      [other], [other, own], [], [[]], [[1, 2, 3]], [own + [0]], [Array(own.dropLast())],
      [key.bytes],
      // The right bytes under the name of another algorithm: X25519.
      [try testCertificate(of: key, keyType: [[1, 3, 101, 110]])],
    ]
  }

  @Test(arguments: CipherSuite.all)
  func `a certificate is of the leaf's key, in each suite — RFC 9420 §5.3`(suite: CipherSuite)
    throws
  {
    let client = try TestClient("carol", suite: suite)
    let key = client.signatureKey.publicKey
    let certificate = try testCertificate(of: key, suite.signatureScheme)
    func package(_ certificates: [[UInt8]]) throws -> OwnKeyPackage {
      try OwnKeyPackage(
        signatureKey: client.signatureKey, credential: .x509(certificates: certificates),
        capabilities: testCapabilities,
        lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60), random: SystemRandom())
    }
    // What follows the end entity's is the application's to read, and so is who signed it, and how: RSASSA-PSS.
    let pss = try testCertificate(
      of: key, suite.signatureScheme, signature: [1, 2, 840, 113549, 1, 1, 10])
    for chain in [[certificate], [certificate, [1]], [pss]] {
      #expect(try package(chain).keyPackage.validated(acceptAll) == suite)
    }
    let another = try TestClient("dora", suite: suite).signatureKey.publicKey
    let wrong = try testCertificate(of: another, suite.signatureScheme)
    #expect(throws: Self.refusal) { try package([wrong]) }
  }

  @Test func `a KeyPackage and an Add — RFC 9420 §5.3`() throws {
    let signer = try TestClient("carol").signatureKey
    let (alice, bob) = try groupOfTwo()
    for certificates in try Self.forgeries(of: signer.publicKey) {
      let keyPackage = try ForgedKeyPackage(
        leaf: { $0.credential = .x509(certificates: certificates) }, signer: signer
      ).make()
      #expect(throws: Self.refusal) { try keyPackage.validated(acceptAll) }
      try expectRefusal(Self.refusal, ForgedCommit([.add(keyPackage)]), from: alice, by: bob)
    }
  }

  @Test func `the leaf of a path — RFC 9420 §5.3`() throws {
    let (alice, bob) = try groupOfTwo()
    let key = alice.signatureKey.publicKey
    for certificates in try Self.forgeries(of: key) {
      var forgery = ForgedCommit()
      forgery.leaf = { $0.credential = .x509(certificates: certificates) }
      try expectRefusal(Self.refusal, forgery, from: alice, by: bob)
    }
    // A new key needs a new certificate, also where the old credential was good.
    let certificate = try testCertificate(of: key)
    var renewed = ForgedCommit()
    renewed.leaf = { $0.credential = .x509(certificates: [certificate]) }
    var follower = bob
    try follower.follow(renewed.message(from: alice))
    #expect(follower.members[0].leaf.credential == .x509(certificates: [certificate]))
    renewed.leafSigner = try TestClient("alice").signatureKey
    try expectRefusal(Self.refusal, renewed, from: alice, by: bob)
  }

  @Test func `an Update, and one's own — RFC 9420 §5.3`() throws {
    var (alice, _) = try groupOfTwo(settings: .open)
    for certificates in try Self.forgeries(of: alice.signatureKey.publicKey) {
      var parameters = try TestClient("alice").parameters
      parameters.credential = .x509(certificates: certificates)
      #expect(throws: Self.refusal) {
        try alice.proposeUpdate(parameters, validation: acceptAll, random: SystemRandom())
      }
      #expect(alice.pendingProposals.isEmpty)
    }
  }

  @Test func `the tree of a group that is joined — RFC 9420 §5.3`() throws {
    let invitation = try Invitation()
    let signer = try TestClient("mallory").signatureKey
    for certificates in try Self.forgeries(of: signer.publicKey) {
      var tree = invitation.next.tree
      let forged = try ForgedKeyPackage(
        leaf: { $0.credential = .x509(certificates: certificates) }, signer: signer
      ).make()
      _ = try tree.add(forged.leafNode)
      let welcome = try invitation.forged(tree: tree)
      #expect(throws: Self.refusal) { try invitation.join(welcome) }
    }
  }
}
