// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// For each rule about a KeyPackage and the leaf in it, one that breaks it: refused by who is about to
/// use it, and in an Add by who receives that.
struct KeyPackageForgeryTests {
  /// Expects the error from whoever is about to use it, whoever receives it in an Add, and whoever
  /// would commit that; and that none of them is the worse.
  private func expectRefusal(
    _ error: MLSError, _ forged: ForgedKeyPackage, validation: Validation = acceptAll,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let keyPackage = try forged.make()
    #expect(throws: error, sourceLocation: sourceLocation) { try keyPackage.validated(validation) }
    let (alice, bob) = try groupOfTwo()
    try MLSTests.expectRefusal(
      error, ForgedCommit([.add(keyPackage)]), from: alice, by: bob, validation: validation,
      sourceLocation: sourceLocation)
    var committer = alice
    let before = committer.encodedExposingSecrets()
    #expect(throws: error, sourceLocation: sourceLocation) {
      try committer.commit([.add(keyPackage)], validation: validation, random: SystemRandom())
    }
    #expect(committer.encodedExposingSecrets() == before, sourceLocation: sourceLocation)
  }

  @Test func `a twin that breaks no rule is valid`() throws {
    #expect(try ForgedKeyPackage().make().validated(acceptAll) == .x25519ChaCha20)
  }

  @Test func `of another version — RFC 9420 §10.1, RFC 9420 §12.1.1`() throws {
    try expectRefusal(.invalidKeyPackage(.version), ForgedKeyPackage(version: 2))
  }

  @Test func `of another version than the message it travels in — RFC 9420 §10`() throws {
    let message = MLSMessage.keyPackage(try ForgedKeyPackage(version: 2).make())
    #expect(throws: WireError.version) { try MLSMessage(wireBytes: message.wireBytes) }
  }

  @Test func `of another suite than the group's — RFC 9420 §10.1`() throws {
    let keyPackage = try ForgedKeyPackage(number: 1).make()
    let (alice, bob) = try groupOfTwo()
    try MLSTests.expectRefusal(
      .invalidKeyPackage(.cipherSuite), ForgedCommit([.add(keyPackage)]), from: alice, by: bob)
    #expect(throws: MLSError.unsupportedCipherSuite) {
      try ForgedKeyPackage(number: 0x0AAA).make().validated(acceptAll)
    }
  }

  @Test func `with a wrong signature — RFC 9420 §10.1`() throws {
    try expectRefusal(.invalidKeyPackage(.signature), ForgedKeyPackage(signature: { $0[0] ^= 1 }))
    try expectRefusal(
      .invalidKeyPackage(.signature), ForgedKeyPackage(signature: { $0.removeLast() }))
    try expectRefusal(.invalidKeyPackage(.signature), ForgedKeyPackage(signature: { $0 = [] }))
  }

  @Test func `whose init key is its encryption key — RFC 9420 §10.1`() throws {
    try expectRefusal(
      .invalidKeyPackage(.initKeyIsEncryptionKey), ForgedKeyPackage(sharesKey: true))
  }

  @Test func `with an init key that nothing can be encrypted to — RFC 9420 §10`() throws {
    for bytes in [[], [UInt8](repeating: 0, count: 32), [UInt8](repeating: 3, count: 31)] {
      try expectRefusal(.invalidKey, ForgedKeyPackage(initKey: HPKEPublicKey(bytes)))
    }
  }

  @Test func `an extension that nobody knows is ignored, listed or not — RFC 9420 §13.4`() throws {
    let (alice, bob) = try groupOfTwo()
    for type in [0xF0FF, 0x0A0A] as [UInt16] {
      let unlisted = Extension(type: ExtensionType(rawValue: type), data: [1])
      let keyPackage = try ForgedKeyPackage(extensions: [unlisted]).make()
      #expect(try keyPackage.validated(acceptAll) == .x25519ChaCha20)
      var committer = alice
      let pending = try committer.commit(
        [.add(keyPackage)], validation: acceptAll, random: SystemRandom())
      var follower = bob
      let staged = try follower.processCommit(pending.message)
      #expect(staged.next?.members.count == 3)
    }
  }

  @Test func `nobody makes one with an extension that its leaf does not list — RFC 9420 §10`()
    throws
  {
    let client = try TestClient("alice").parameters
    func make(_ type: ExtensionType) throws -> OwnKeyPackage {
      try OwnKeyPackage(
        signatureKey: client.signatureKey, credential: client.credential,
        capabilities: Capabilities(extensions: []),
        lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60),
        extensions: [Extension(type: type, data: [])], random: SystemRandom())
    }
    #expect(throws: MLSError.invalidKeyPackage(.extensionUnlisted)) { try make(testExtension) }
    // What every client knows is listed nowhere.
    #expect(try make(.applicationID).suite == client.signatureKey.suite)
  }

  @Test func `nobody makes one whose leaf others would refuse — RFC 9420 §7.2, RFC 9420 §13.4`()
    throws
  {
    func refusal(_ change: (inout LeafParameters) -> Void) throws -> MLSError? {
      var client = try TestClient("alice").parameters
      change(&client)
      return #expect(throws: MLSError.self) {
        try OwnKeyPackage(
          signatureKey: client.signatureKey, credential: client.credential,
          capabilities: client.capabilities,
          lifetime: Lifetime(notBefore: testTime, notAfter: testTime + 60),
          leafExtensions: client.extensions, random: SystemRandom())
      }
    }
    let unlisted = Extension(type: ExtensionType(rawValue: 0xF0FF), data: [])
    let listed = Extension(type: testExtension, data: [])
    #expect(
      try refusal { $0.credential = .other(CredentialType(rawValue: 0xF0FE), body: []) }
        == .invalidLeafNode(.ownCredentialTypeUnlisted))
    #expect(
      try refusal { $0.extensions = [unlisted] } == .invalidLeafNode(.extensionUnlisted))
    #expect(
      try refusal { $0.extensions = [listed, listed] } == .invalidExtensions(.duplicateType))
    #expect(
      try refusal { $0.capabilities.cipherSuites = [] } == .invalidLeafNode(.cipherSuite))
  }

  @Test func `with an extension twice — RFC 9420 §13.4`() throws {
    let twice = [Extension](repeating: Extension(type: testExtension, data: []), count: 2)
    try expectRefusal(.invalidExtensions(.duplicateType), ForgedKeyPackage(extensions: twice))
    try expectRefusal(
      .invalidExtensions(.duplicateType), ForgedKeyPackage(leaf: { $0.extensions = twice }))
  }

  @Test func `whose leaf has a wrong signature — RFC 9420 §7.3`() throws {
    try expectRefusal(.invalidLeafNode(.signature), ForgedKeyPackage(leafSignature: { $0[0] ^= 1 }))
    try expectRefusal(.invalidLeafNode(.signature), ForgedKeyPackage(leafSignature: { $0 = [] }))
  }

  @Test func `whose leaf is not made for a KeyPackage — RFC 9420 §7.3`() throws {
    try expectRefusal(.invalidLeafNode(.source), ForgedKeyPackage(leaf: { $0.source = .update }))
    try expectRefusal(
      .invalidLeafNode(.source), ForgedKeyPackage(leaf: { $0.source = .commit(parentHash: []) }))
  }

  @Test func `that is not valid yet, or no more — RFC 9420 §7.3`() throws {
    for lifetime in [
      Lifetime(notBefore: testTime + 1, notAfter: testTime + 60),
      Lifetime(notBefore: testTime - 60, notAfter: testTime - 1),
    ] {
      try expectRefusal(
        .invalidLeafNode(.lifetime), ForgedKeyPackage(leaf: { $0.source = .keyPackage(lifetime) }))
    }
  }

  @Test func `nobody adds what is no more valid, whatever is taken of others — RFC 9420 §7.3`()
    throws
  {
    let past = Lifetime(notBefore: testTime - 60, notAfter: testTime - 1)
    let keyPackage = try ForgedKeyPackage(leaf: { $0.source = .keyPackage(past) }).make()
    var (alice, bob) = try groupOfTwo()
    let lenient = Validation(
      credentials: AcceptAll(), now: testTime, receivedLifetimes: .ignore)
    let rule = MLSError.invalidLeafNode(.lifetime)
    #expect(throws: rule) { try keyPackage.validated(lenient) }
    #expect(throws: rule) {
      try alice.commit([.add(keyPackage)], validation: lenient, random: SystemRandom())
    }
    let message = try ForgedCommit([.add(keyPackage)]).message(from: alice)
    MLSTests.expectRefusal(by: bob, of: message, rule)
    #expect(try bob.process(message, validation: lenient).commit?.next != nil)
  }

  @Test func `that is valid for too long, or for less than nothing — RFC 9420 §7.2`() throws {
    for lifetime in [
      Lifetime(notBefore: 0, notAfter: .max),
      Lifetime(notBefore: testTime, notAfter: testTime + acceptAll.maximumLifetime + 1),
      Lifetime(notBefore: testTime + 1, notAfter: testTime),
    ] {
      try expectRefusal(
        .invalidLeafNode(.lifetimeTooLong),
        ForgedKeyPackage(leaf: { $0.source = .keyPackage(lifetime) }))
    }
  }

  @Test func `whose leaf does not know this version or suite — RFC 9420 §7.3`() throws {
    try expectRefusal(
      .invalidLeafNode(.version), ForgedKeyPackage(leaf: { $0.capabilities.versions = [] }))
    try expectRefusal(
      .invalidLeafNode(.cipherSuite),
      ForgedKeyPackage(leaf: { $0.capabilities.cipherSuites = [CipherSuite.Number(rawValue: 1)] }))
  }

  @Test func `whose leaf does not list its own credential's type — RFC 9420 §7.2`() throws {
    try expectRefusal(
      .invalidLeafNode(.ownCredentialTypeUnlisted),
      ForgedKeyPackage(leaf: { $0.capabilities.credentials = [.x509] }))
  }

  @Test func `whose leaf does not list its own extensions — RFC 9420 §7.3`() throws {
    try expectRefusal(
      .invalidLeafNode(.extensionUnlisted),
      ForgedKeyPackage(leaf: {
        $0.extensions = [Extension(type: ExtensionType(rawValue: 0xF0FF), data: [])]
      }))
  }

  @Test func `whose leaf's key nothing can be encrypted to — RFC 9420 §5.1.1`() throws {
    try expectRefusal(
      .invalidKey,
      ForgedKeyPackage(leaf: {
        $0.encryptionKey = HPKEPublicKey([1] + [UInt8](repeating: 0, count: 31))
      }))
  }

  @Test func `whose credential the application refuses — RFC 9420 §5.3.1`() throws {
    try expectRefusal(
      .invalidLeafNode(.credential),
      ForgedKeyPackage(leaf: { $0.credential = .basic(identity: Array("mallory".utf8)) }),
      validation: Validation(credentials: NoMallory(), now: testTime))
  }
}
