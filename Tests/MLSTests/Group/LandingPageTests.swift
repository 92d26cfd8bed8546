// SPDX-License-Identifier: Apache-2.0

import Foundation
import MLS
import Primitives
import Testing

/// The code of the landing page works, and is the code of the landing page.
struct LandingPageTests {
  @Test func `the example runs as it is written`() throws {
    struct Everybody: CredentialValidator {  // yours asks who this is
      func accepts(
        _: Credential, signatureKey _: SignaturePublicKey, introducedBy _: CredentialEvent
      ) -> Bool { true }
      func acceptsSuccession(
        from _: (credential: Credential, signatureKey: SignaturePublicKey),
        to _: (credential: Credential, signatureKey: SignaturePublicKey)
      ) -> Bool { true }
    }
    let suite = CipherSuite.hybridAES256, random = SystemRandom(), now: UInt64 = 1_800_000_000
    let validation = Validation(credentials: Everybody(), now: now)
    // Bob publishes a KeyPackage.
    let package = try OwnKeyPackage(
      signatureKey: SignatureKey(suite: suite, random: random),
      credential: .basic(identity: Array("bob".utf8)), capabilities: Capabilities(),
      lifetime: Lifetime(notBefore: now, notAfter: now + 86_400), random: random)
    // Alice creates a group and adds him.
    let alice = LeafParameters(
      signatureKey: try SignatureKey(suite: suite, random: random),
      credential: .basic(identity: Array("alice".utf8)), capabilities: Capabilities())
    var atAlice = try Group(
      creating: GroupID(random.bytes(32)), suite: suite, as: alice, validation: validation,
      random: random)
    let added = try atAlice.commit(
      [.add(package.keyPackage)], validation: validation, random: random)
    atAlice = try added.next(after: atAlice)  // once the Commit is everybody's
    // Bob joins with the Welcome, and they talk.
    guard let welcome = added.welcome else { return }
    var atBob = try Group(
      joining: welcome, with: package, validation: validation, isInUse: { _ in false })
    let sealed = try atAlice.protect(Array("hello".utf8), random: random)
    let opened = try atBob.unprotect(sealed)
    // A Commit of nothing replaces Bob's keys: what was stolen before opens nothing after.
    let healing = try atBob.commit(validation: validation, random: random)
    if case .commit(let staged) = try atAlice.process(healing.message, validation: validation) {
      if let next = try staged.next(after: atAlice) { atAlice = next }
    }
    atBob = try healing.next(after: atBob)
    #expect(opened.data == Array("hello".utf8))
    #expect(atAlice.epochAuthenticator.equals(atBob.epochAuthenticator))
  }

  @Test func `the example stands on the page, in under 40 lines`() throws {
    var package = URL(filePath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    let page = try String(
      contentsOf: package.appending(path: "Sources/MLS/MLS.docc/MLS.md"), encoding: .utf8)
    let example = try #require(page.split(separator: "```swift\n").last).split(separator: "```")[0]
    #expect(example.split(separator: "\n", omittingEmptySubsequences: false).count < 40)
    let test = try String(contentsOfFile: #filePath, encoding: .utf8)
    #expect(test.filter { !$0.isWhitespace }.contains(example.filter { !$0.isWhitespace }))
  }
}
