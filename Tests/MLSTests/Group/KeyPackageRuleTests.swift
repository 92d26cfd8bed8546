// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// A KeyPackage that breaks a rule is refused by who adds it and by who receives the Add.
struct KeyPackageRuleTests {
  /// Commits an Add of the KeyPackage as a forger would, and as an honest member would.
  private func expectRefusal(
    _ forged: KeyPackageForger, _ rule: MLSError, settings: GroupSettings = GroupSettings(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let package = try forged.make()
    var (alice, bob) = try groupOfTwo(settings: settings)
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try alice.commit([.add(package)], validation: acceptAll, random: SystemRandom())
    }
    let before = bob.encodedExposingSecrets()
    var forger = Forger(group: alice)
    let message = try forger.commit([.add(package)])
    #expect(throws: rule, sourceLocation: sourceLocation) {
      try bob.process(message, validation: acceptAll)
    }
    #expect(bob.encodedExposingSecrets() == before, sourceLocation: sourceLocation)
  }

  @Test func `an honest one is taken`() throws {
    let package = try KeyPackageForger("carol").make()
    #expect(try package.validated(acceptAll) == .x25519ChaCha20)
  }

  @Test func `another version: RFC 9420 §10.1`() throws {
    var forged = try KeyPackageForger("carol")
    forged.version = ProtocolVersion(rawValue: 2)
    try expectRefusal(forged, .invalidKeyPackage(.version))
  }

  @Test func `a version unlike the message's: RFC 9420 §10`() throws {
    var forged = try KeyPackageForger("carol")
    forged.version = ProtocolVersion(rawValue: 2)
    let bytes = MLSMessage.keyPackage(try forged.make()).wireBytes
    #expect(throws: WireError.invalidValue) { try MLSMessage(wireBytes: bytes) }
  }

  @Test func `another suite: RFC 9420 §10.1`() throws {
    var forged = try KeyPackageForger("carol")
    forged.number = CipherSuite.x25519AES128.number
    try expectRefusal(forged, .invalidKeyPackage(.cipherSuite))
  }

  @Test func `a wrong signature: RFC 9420 §10.1`() throws {
    var forged = try KeyPackageForger("carol")
    forged.breaksSignature = true
    try expectRefusal(forged, .invalidKeyPackage(.signature))
  }

  @Test func `one key for two purposes: RFC 9420 §10.1`() throws {
    var forged = try KeyPackageForger("carol")
    forged.initKey = forged.contents.encryptionKey
    try expectRefusal(forged, .invalidKeyPackage(.initKeyIsEncryptionKey))
  }

  @Test func `an init key of low order: RFC 9420 §10`() throws {
    var forged = try KeyPackageForger("carol")
    forged.initKey = HPKEPublicKey([UInt8](repeating: 0, count: 32))
    try expectRefusal(forged, .invalidKey)
  }

  @Test func `a malformed hybrid init key: RFC 9420 §10`() throws {
    var forged = try KeyPackageForger("carol", suite: .hybridAES256)
    var key = forged.initKey.bytes
    key[0] = 0xff
    key[1] = 0xff
    forged.initKey = HPKEPublicKey(key)
    let package = try forged.make()
    var (alice, _) = try groupOfTwo(suite: .hybridAES256)
    #expect(throws: MLSError.invalidKey) {
      try alice.commit([.add(package)], validation: acceptAll, random: SystemRandom())
    }
  }

  @Test func `an extension that its owner does not list: RFC 9420 §10`() throws {
    var forged = try KeyPackageForger("carol")
    forged.extensions = [Extension(type: ExtensionType(rawValue: 0xF0EE), data: [])]
    try expectRefusal(forged, .invalidKeyPackage(.extensionUnlisted))
  }

  @Test func `an extension twice: RFC 9420 §13.4`() throws {
    var forged = try KeyPackageForger("carol")
    forged.extensions = [
      Extension(type: testExtension, data: [1]), Extension(type: testExtension, data: [2]),
    ]
    try expectRefusal(forged, .invalidExtensions(.duplicateType))
  }

  // MARK: Its leaf

  @Test func `a leaf with a wrong signature: RFC 9420 §7.3`() throws {
    var forged = try KeyPackageForger("carol")
    forged.breaksLeafSignature = true
    try expectRefusal(forged, .invalidLeafNode(.signature))
  }

  @Test func `a leaf of another source: RFC 9420 §7.3`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.source = .update
    try expectRefusal(forged, .invalidLeafNode(.source))
  }

  @Test func `a leaf whose time is not now: RFC 9420 §7.3`() throws {
    var forged = try KeyPackageForger("carol")
    for lifetime in [
      Lifetime(notBefore: testTime - 100, notAfter: testTime - 1),
      Lifetime(notBefore: testTime + 1, notAfter: testTime + 100),
    ] {
      forged.contents.source = .keyPackage(lifetime)
      try expectRefusal(forged, .invalidLeafNode(.lifetime))
    }
  }

  @Test func `a leaf that lives too long, or backwards: RFC 9420 §7.2`() throws {
    var forged = try KeyPackageForger("carol")
    for lifetime in [
      Lifetime(notBefore: 0, notAfter: .max), Lifetime(notBefore: testTime, notAfter: testTime - 1),
    ] {
      forged.contents.source = .keyPackage(lifetime)
      try expectRefusal(forged, .invalidLeafNode(.lifetimeTooLong))
    }
  }

  @Test func `a leaf of another version or suite alone: RFC 9420 §7.3`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.capabilities.versions = [ProtocolVersion(rawValue: 9)]
    try expectRefusal(forged, .invalidLeafNode(.version))
    forged = try KeyPackageForger("carol")
    forged.contents.capabilities.cipherSuites = [CipherSuite.x25519AES128.number]
    try expectRefusal(forged, .invalidLeafNode(.cipherSuite))
  }

  @Test func `a leaf whose own credential type is unlisted: RFC 9420 §7.2`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.credential = .other(CredentialType(rawValue: 0xF0EE), body: [1])
    try expectRefusal(forged, .invalidLeafNode(.ownCredentialTypeUnlisted))
  }

  @Test func `a leaf with an extension it does not list: RFC 9420 §7.3`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.extensions = [Extension(type: ExtensionType(rawValue: 0xF0EE), data: [])]
    try expectRefusal(forged, .invalidLeafNode(.extensionUnlisted))
  }

  @Test func `a leaf with an extension twice: RFC 9420 §13.4`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.extensions = [
      Extension(type: testExtension, data: []), Extension(type: testExtension, data: []),
    ]
    try expectRefusal(forged, .invalidExtensions(.duplicateType))
  }

  @Test func `a leaf key of low order: RFC 9420 §5.1.1`() throws {
    var forged = try KeyPackageForger("carol")
    var key = [UInt8](repeating: 0, count: 32)
    key[0] = 1
    forged.contents.encryptionKey = HPKEPublicKey(key)
    try expectRefusal(forged, .invalidKey)
  }

  @Test func `a leaf that does not know a credential type in use: RFC 9420 §7.3`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.credential = .x509(certificates: [[1]])
    forged.contents.capabilities.credentials = [.x509]
    try expectRefusal(forged, .invalidLeafNode(.credentialTypeUnsupported))
  }

  @Test func `unknown capabilities and reserved values are ignored: RFC 9420 §13.5`() throws {
    var forged = try KeyPackageForger("carol")
    forged.contents.capabilities.extensions.append(ExtensionType(rawValue: 0x0A0A))
    forged.contents.capabilities.proposals.append(ProposalType(rawValue: 0x1A1A))
    forged.contents.capabilities.credentials.append(CredentialType(rawValue: 0xEAEA))
    forged.contents.capabilities.cipherSuites.append(CipherSuite.Number(rawValue: 0x2A2A))
    forged.contents.extensions = [Extension(type: ExtensionType(rawValue: 0x0A0A), data: [1, 2])]
    forged.extensions = [Extension(type: ExtensionType(rawValue: 0x0A0A), data: [3])]
    let package = try forged.make()
    var (alice, bob) = try groupOfTwo()
    let pending = try alice.commit(
      [.add(package)], validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    #expect(bob.members.count == 3)
  }
}
