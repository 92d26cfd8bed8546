// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing

@testable import MLS

/// For each rule about joining from outside, a GroupInfo or a leaf of one's own that breaks it.
struct ExternalJoinForgeryTests {
  private let alice: Group

  init() throws { alice = try groupOfTwo(settings: .open).alice }

  /// A GroupInfo that a member signs, whatever is in it.
  private func info(
    _ change: (inout GroupContext) -> Void, extensions: [Extension] = [], by group: Group? = nil
  ) throws -> GroupInfo {
    let group = group ?? alice
    var context = group.context
    change(&context)
    return try GroupInfo(
      groupContext: context,
      extensions: extensions + [group.treeExtension, group.externalPubExtension()],
      confirmationTag: group.confirmationTag, signer: group.ownLeaf, with: group.signatureKey)
  }

  private func expectRefusal(
    _ rule: MLSError, _ info: GroupInfo? = nil, as parameters: LeafParameters? = nil,
    validation: Validation = acceptAll, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let info = try info ?? self.info { _ in }
    let parameters = try parameters ?? TestClient("carol").parameters
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try Group.joinExternally(
        info, as: parameters, settings: .open, validation: validation, random: SystemRandom())
    }
  }

  @Test func `a twin that breaks no rule lets in`() throws {
    let join = try Group.joinExternally(
      info { _ in }, as: TestClient("carol").parameters, settings: .open, validation: acceptAll,
      random: SystemRandom())
    var alice = alice
    try alice.follow(join.message)
    expectAgreement([alice, join.group])
  }

  @Test func `of another version or suite — RFC 9420 §12.4.3.1`() throws {
    try expectRefusal(
      .invalidWelcome(.version), info { $0.version = ProtocolVersion(rawValue: 2) })
    let other = CipherSuite.x25519AES128
    try expectRefusal(.invalidWelcome(.cipherSuite), info { $0.cipherSuite = other.number })
    try expectRefusal(
      .invalidWelcome(.cipherSuite), as: TestClient("carol", suite: other).parameters)
  }

  @Test func `of the last epoch`() throws {
    try expectRefusal(.invalidCommit(.epochExhausted), info { $0.epoch = Epoch(.max) })
  }

  @Test func `with an extension twice — RFC 9420 §13.4`() throws {
    let one = Extension(type: testExtension, data: [])
    try expectRefusal(.invalidExtensions(.duplicateType), info { $0.extensions = [one, one] })
    try expectRefusal(
      .invalidExtensions(.duplicateType), info({ _ in }, extensions: [one, one]))
  }

  @Test func `with a leaf of one's own that is not valid — RFC 9420 §7.2`() throws {
    var parameters = try TestClient("carol").parameters
    parameters.capabilities.credentials = [.x509]
    try expectRefusal(.invalidLeafNode(.ownCredentialTypeUnlisted), as: parameters)
  }

  @Test func `with a leaf that does not suit the group — RFC 9420 §7.3, RFC 9420 §13.4`() throws {
    var parameters = try TestClient("carol").parameters
    parameters.signatureKey = alice.signatureKey
    try expectRefusal(.invalidLeafNode(.duplicateSignatureKey), as: parameters)
    var group = alice
    group = try group.commit(
      [.groupContextExtensions([Extension(type: testExtension, data: [])])], validation: acceptAll,
      random: SystemRandom()
    ).next
    parameters = try TestClient("carol").parameters
    parameters.capabilities.extensions = []
    try expectRefusal(
      .invalidLeafNode(.groupExtensionUnsupported),
      group.groupInfoForExternalJoin(random: SystemRandom()), as: parameters)
  }

  @Test func `that makes use of a reserved value, though all list it: RFC 9420 §13.5`() throws {
    let type = ExtensionType(rawValue: 0x0A0A)
    var parameters = try TestClient("alice").parameters
    parameters.capabilities.extensions.append(type)
    let founder = try Group(
      creating: GroupID([1]), suite: .x25519ChaCha20, as: parameters, settings: .open,
      validation: acceptAll, random: SystemRandom())
    parameters.signatureKey = try TestClient("carol").signatureKey
    for (extensions, rule) in [
      ([Extension(type: type, data: [])], ExtensionRule.unsupported),
      ([RequiredCapabilities(extensions: [type]).asExtension], .requiredCapabilities),
    ] {
      try expectRefusal(
        .invalidExtensions(rule), info({ $0.extensions = extensions }, by: founder),
        as: parameters)
    }
  }

  @Test func `in place of somebody whose successor one is not — RFC 9420 §5.3.1`() throws {
    func join(as name: String) throws {
      _ = try Group.joinExternally(
        info { _ in }, as: TestClient(name).parameters, replacing: LeafIndex(1), settings: .open,
        validation: Validation(credentials: NoMallory(), now: testTime), random: SystemRandom())
    }
    try join(as: "bob")
    #expect(throws: MLSError.invalidLeafNode(.credential)) { try join(as: "carol") }
  }
}
