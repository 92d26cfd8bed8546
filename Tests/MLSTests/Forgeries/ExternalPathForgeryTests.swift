// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// For each rule about the leaf, the path and the keys of a Commit from outside, one that breaks it, as the members
/// see it.
struct ExternalPathForgeryTests {
  /// Alice, Bob and Carol, in a group that requires an extension and has it in its context.
  private let groups: [Group]
  private let dave: TestClient

  init() throws {
    var groups = try groupOfThree()
    let pending = try groups[0].commit(
      [
        .groupContextExtensions([
          RequiredCapabilities(credentials: [testCredentialType]).asExtension,
          Extension(type: testExtension, data: [1]),
        ])
      ], validation: acceptAll, random: SystemRandom())
    for index in 1...2 { try groups[index].follow(pending.message) }
    groups[0] = pending.next
    self.groups = groups
    dave = try TestClient("dave")
  }

  private func expectRefusal(
    _ rule: MLSError, _ change: (inout ForgedExternalCommit) throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var forgery = try ForgedExternalCommit(dave, into: groups[0])
    try change(&forgery)
    MLSTests.expectRefusal(
      by: groups[1], of: try forgery.make(), rule, sourceLocation: sourceLocation)
  }

  @Test func `a twin that breaks no rule is followed, in its place or beside the others`() throws {
    for proposals in [[], [Proposal.remove(LeafIndex(2))]] {
      var twin = try ForgedExternalCommit(dave, into: groups[0])
      twin.proposals = proposals
      var bob = groups[1]
      try bob.follow(twin.make())
      #expect(bob.members.count == 4 - proposals.count)
    }
  }

  @Test func `whose leaf is not made for a Commit — RFC 9420 §7.3`() throws {
    for source in [
      LeafNodeSource.update,
      .keyPackage(Lifetime(notBefore: testTime - 1, notAfter: testTime + 1)),
    ] {
      try expectRefusal(.invalidLeafNode(.source)) { $0.leaf = { $0.source = source } }
    }
  }

  @Test func `whose leaf is signed for another place — RFC 9420 §7.3`() throws {
    for place in [
      LeafNode.Place(groupID: groups[0].id, leafIndex: LeafIndex(2)),
      LeafNode.Place(groupID: GroupID([1]), leafIndex: LeafIndex(3)),
    ] {
      try expectRefusal(.invalidLeafNode(.signature)) { $0.place = place }
    }
  }

  @Test func `whose leaf has a member's signature key — RFC 9420 §7.3`() throws {
    try expectRefusal(.invalidLeafNode(.duplicateSignatureKey)) {
      $0.signer = groups[1].signatureKey
    }
  }

  @Test
  func `whose leaf keeps the key of the one that it replaces — RFC 9420 §7.3, RFC 9420 §12.2`()
    throws
  {
    let old = groups[2].ownLeafNode.encryptionKey
    try expectRefusal(.invalidLeafNode(.encryptionKeyReused)) {
      $0.proposals = [.remove(LeafIndex(2))]
      $0.leaf = { $0.encryptionKey = old }
    }
  }

  @Test func `whose leaf lacks what the group asks for — RFC 9420 §7.3, RFC 9420 §13.4`() throws {
    try expectRefusal(.invalidLeafNode(.requiredCapabilities)) {
      $0.leaf = { $0.capabilities.credentials = [.basic] }
    }
    try expectRefusal(.invalidLeafNode(.groupExtensionUnsupported)) {
      $0.leaf = { $0.capabilities.extensions = [] }
    }
    try expectRefusal(.invalidLeafNode(.credentialTypeUnsupported)) {
      $0.leaf = {
        $0.credential = .other(testCredentialType, body: [1])
        $0.capabilities.credentials = [testCredentialType]
      }
    }
  }

  @Test func `with a key that stands in the tree, or twice — RFC 9420 §12.4.2`() throws {
    let members = groups[0].members.map(\.leaf.encryptionKey)
    for key in members {
      try expectRefusal(.invalidUpdatePath(.reusedKey)) { $0.leaf = { $0.encryptionKey = key } }
      try expectRefusal(.invalidUpdatePath(.reusedKey)) {
        $0.path = { $0.nodes[0].encryptionKey = key }
      }
    }
    try expectRefusal(.invalidUpdatePath(.reusedKey)) {
      $0.path = { $0.nodes[0].encryptionKey = $0.leafNode.encryptionKey }
    }
  }

  @Test func `with a parent hash that is not the path's — RFC 9420 §7.9.2`() throws {
    for hash in [[], [UInt8](repeating: 1, count: 32)] {
      try expectRefusal(.invalidUpdatePath(.parentHash)) {
        $0.leaf = { $0.source = .commit(parentHash: hash) }
      }
    }
  }

  @Test func `with nodes or ciphertexts too few or too many — RFC 9420 §7.6`() throws {
    try expectRefusal(.invalidUpdatePath(.length)) { $0.path = { $0.nodes.removeLast() } }
    try expectRefusal(.invalidUpdatePath(.length)) {
      $0.path = { $0.nodes.append($0.nodes[0]) }
    }
    try expectRefusal(.invalidUpdatePath(.ciphertextCount)) {
      $0.path = {
        let last = $0.nodes.count - 1
        $0.nodes[last].encryptedPathSecret.removeLast()
      }
    }
  }

  @Test func `with pre-shared keys that may not be — RFC 9420 §12.1.4, RFC 9420 §12.2`() throws {
    let suite = groups[0].suite
    func key(_ source: PreSharedKeyID.Source, nonce count: Int = 32) -> Proposal {
      .preSharedKey(PreSharedKeyID(source: source, nonce: SystemRandom().bytes(count)))
    }
    let one = key(.external(id: [1]))
    try expectRefusal(.invalidProposal(.duplicatePreSharedKey)) { $0.proposals = [one, one] }
    for count in [0, suite.hashLength - 1, suite.hashLength + 1] {
      try expectRefusal(.invalidProposal(.pskNonceLength)) {
        $0.proposals = [key(.external(id: [1]), nonce: count)]
      }
    }
    for usage in [PreSharedKeyID.ResumptionUsage.reInit, .branch] {
      try expectRefusal(.invalidProposal(.pskUsage)) {
        $0.proposals = [key(.resumption(usage, groupID: groups[0].id, epoch: groups[0].epoch))]
      }
    }
    try expectRefusal(.missingPreSharedKey) { $0.proposals = [one] }
  }

  @Test func `with a pre-shared key it is followed by who has the key: RFC 9420 §12.2`() throws {
    let store = ExternalKeys(external: [[1]: SystemRandom().secret(32)])
    let id = PreSharedKeyID(source: .external(id: [1]), nonce: SystemRandom().bytes(32))
    var twin = try ForgedExternalCommit(dave, into: groups[0])
    twin.proposals = [.preSharedKey(id)]
    twin.pskSecret = try groups[0].suite.preSharedKeySecret([id], from: store)
    var bob = groups[1]
    let outcome = try bob.process(twin.make(), preSharedKeys: store, validation: acceptAll)
    #expect(outcome.commit?.next != nil)
    // Without the key in its schedule it is another epoch.
    twin.pskSecret = nil
    let message = try twin.make()
    #expect(throws: MLSError.invalidCommit(.confirmationTag)) {
      try bob.process(message, preSharedKeys: store, validation: acceptAll)
    }
  }
}
