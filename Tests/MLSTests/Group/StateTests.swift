// SPDX-License-Identifier: Apache-2.0

import MLSTesting
import Primitives
import Testing
import WireFormat

@testable import MLS

/// The stored form of a group: what comes back, and what is no longer in it.
struct StateTests {
  @Test(arguments: testedSuites)
  func `a group comes back from its bytes`(suite: CipherSuite) throws {
    var (alice, bob) = try groupOfTwo(suite: suite)
    for round in 0..<3 {
      alice = try Group(exposedBytes: alice.encodedExposingSecrets())
      bob = try Group(exposedBytes: bob.encodedExposingSecrets())
      let sent = try alice.protect([UInt8(round)], random: SystemRandom())
      #expect(try bob.unprotect(sent).data == [UInt8(round)])
      bob = try Group(exposedBytes: bob.encodedExposingSecrets())
      #expect(throws: MLSError.messageKeyUnavailable) { try bob.unprotect(sent) }
      let pending = try bob.commit(validation: acceptAll, random: SystemRandom())
      bob = try Group(exposedBytes: pending.next(after: bob).encodedExposingSecrets())
      try alice.follow(pending.message)
      #expect(alice.epochAuthenticator.equals(bob.epochAuthenticator))
    }
  }

  @Test func `bytes cut short, prolonged or of another version are refused`() throws {
    let (alice, _) = try groupOfTwo()
    let bytes = alice.encodedExposingSecrets()
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: MLSError.self) { try Group(exposedBytes: Array(bytes[..<length])) }
    }
    #expect(throws: MLSError.malformed(.trailingBytes)) { try Group(exposedBytes: bytes + [0]) }
    #expect(throws: MLSError.malformed(.invalidValue)) {
      try Group(exposedBytes: [0, 3] + bytes[2...])
    }
  }

  @Test func `a state in whose tree its owner is not is refused`() throws {
    var (alice, _) = try groupOfTwo()
    alice.tree.set(alice.ownLeaf.node, to: nil)
    #expect(throws: MLSError.malformed(.invalidValue)) {
      try Group(exposedBytes: alice.encodedExposingSecrets())
    }
  }

  @Test func `a KeyPackage and its keys come back from their bytes`() throws {
    let package = try TestClient("bob").keyPackage()
    let restored = try OwnKeyPackage(exposedBytes: package.encodedExposingSecrets())
    #expect(restored.keyPackage == package.keyPackage)
    var alice = try TestClient("alice").createGroup()
    let pending = try alice.commit(
      [.add(package.keyPackage)], validation: acceptAll, random: SystemRandom())
    let welcome = try #require(pending.welcome)
    let bob = try Group(joining: welcome, with: restored, validation: acceptAll)
    #expect(bob.context == pending.next.context)
  }

  @Test func `keys that do not belong to the KeyPackage are refused: RFC 9420 §12.4.3.1`() throws {
    let package = try TestClient("bob").keyPackage()
    let other = try TestClient("bob").keyPackage()
    for (initKey, leafKey, signatureKey, fits) in [
      (package.initKey, package.leafKey, package.signatureKey, true),
      (other.initKey, package.leafKey, package.signatureKey, false),
      (package.initKey, other.leafKey, package.signatureKey, false),
      (package.initKey, package.leafKey, other.signatureKey, false),
    ] {
      let make = {
        try OwnKeyPackage(
          keyPackage: package.keyPackage, initKey: initKey.secret, leafKey: leafKey.secret,
          signatureKey: signatureKey.privateKey)
      }
      if fits { _ = try make() } else { #expect(throws: MLSError.invalidKey) { try make() } }
    }
    #expect(throws: MLSError.malformed(.trailingBytes)) {
      try OwnKeyPackage(exposedBytes: package.encodedExposingSecrets() + [0])
    }
  }

  // MARK: Forward secrecy

  /// Whether the bytes hold the secret.
  private func contains(_ bytes: [UInt8], _ secret: SharedSecret) -> Bool {
    let needle = secret.exposedBytes()
    guard bytes.count >= needle.count else { return false }
    return (0...bytes.count - needle.count).contains { start in
      bytes[start] == needle[0] && Array(bytes[start..<start + needle.count]) == needle
    }
  }

  @Test(arguments: testedSuites)
  func `a key that has been used is in the state of neither side: RFC 9420 §9.2`(
    suite: CipherSuite
  ) throws {
    var (alice, bob) = try groupOfTwo(suite: suite)
    let encryptionSecret = try #require(
      EncryptionSecretProbe(alice.encodedExposingSecrets(), suite: suite))
    for _ in 0..<3 {
      let used = try alice.secretTree.stage(
        .application, of: alice.ownLeaf, generation: nil, settings: alice.settings
      ).key
      let sent = try alice.protect([1], random: SystemRandom())
      #expect(try bob.unprotect(sent).data == [1])
      for state in [alice.encodedExposingSecrets(), bob.encodedExposingSecrets()] {
        #expect(!contains(state, used.key))
        #expect(!contains(state, used.nonce))
        #expect(!contains(state, encryptionSecret.secret))
      }
    }
  }

  /// The root of the secret tree, before anything was taken from it.
  private struct EncryptionSecretProbe {
    let secret: SharedSecret

    init?(_ state: [UInt8], suite: CipherSuite) {
      guard let group = try? Group(exposedBytes: state) else { return nil }
      guard let root = group.secretTree.rootSecret else { return nil }
      secret = root
    }
  }

  @Test func `secrets of an epoch are not in the state of the next: RFC 9420 §9.2`() throws {
    var (alice, bob) = try groupOfTwo()
    let old = bob.keys
    let oldLeafKey = alice.treeSecrets.leafKey.secret
    let exporter = try #require(old.exporter)
    let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
    try bob.follow(pending.message)
    for state in [pending.next.encodedExposingSecrets(), bob.encodedExposingSecrets()] {
      for secret in [
        old.senderData, old.initSecret, old.external, old.membership, old.authenticator,
        old.resumption, exporter, oldLeafKey,
      ] {
        #expect(!contains(state, secret))
      }
    }
  }

  @Test func `an exporter secret that was erased is not in the state`() throws {
    var (alice, _) = try groupOfTwo()
    let exporter = try #require(alice.keys.exporter)
    #expect(contains(alice.encodedExposingSecrets(), exporter))
    _ = try alice.exportAndErase([ExportRequest(label: "a", context: [], count: 32)])
    #expect(!contains(alice.encodedExposingSecrets(), exporter))
  }

  @Test func `with windows at zero a passed generation is gone: RFC 9420 §9.2`() throws {
    var (alice, bob) = try groupOfTwo()
    let first = try alice.protect([1], random: SystemRandom())
    let second = try alice.protect([2], random: SystemRandom())
    #expect(try bob.unprotect(second).data == [2])
    #expect(throws: MLSError.messageKeyUnavailable) { try bob.unprotect(first) }
  }

  @Test func `with a window late messages open, once and within it: RFC 9420 §15.3`() throws {
    var settings = GroupSettings()
    settings.outOfOrderTolerance = 3
    var (alice, bob) = try groupOfTwo(settings: settings)
    let sent = try (0..<6).map { try alice.protect([UInt8($0)], random: SystemRandom()) }
    #expect(try bob.unprotect(sent[5]).data == [5])
    for late in [3, 2, 4] {
      bob = try Group(exposedBytes: bob.encodedExposingSecrets())
      #expect(try bob.unprotect(sent[late]).data == [UInt8(late)])
      #expect(throws: MLSError.messageKeyUnavailable) { try bob.unprotect(sent[late]) }
    }
    #expect(throws: MLSError.messageKeyUnavailable) { try bob.unprotect(sent[1]) }
  }

  @Test func `past epochs open as many as the settings keep`() throws {
    var settings = GroupSettings()
    settings.pastEpochs = 2
    var (alice, bob) = try groupOfTwo(settings: settings)
    var late: [MLSMessage] = []
    for round in 0..<3 {
      late.append(try alice.protect([UInt8(round)], random: SystemRandom()))
      let pending = try bob.commit(validation: acceptAll, random: SystemRandom())
      try alice.follow(pending.message)
      bob = try Group(exposedBytes: pending.next(after: bob).encodedExposingSecrets())
    }
    #expect(throws: MLSError.wrongEpoch) { try bob.unprotect(late[0]) }
    #expect(try bob.unprotect(late[1]).data == [1])
    #expect(try bob.unprotect(late[2]).data == [2])
    #expect(throws: MLSError.messageKeyUnavailable) { try bob.unprotect(late[2]) }
  }

  @Test func `past epochs that no stored state has room for are dropped, the oldest first`() throws
  {
    let epochs = try (0..<3).map { _ in PastEpoch(of: try groupOfTwo().alice) }
    let size = epochs[0].storedCapacity
    func kept(_ count: Int, within room: Int) -> [[UInt8]] {
      PastEpoch.newest(count, of: epochs, within: room).map(\.encodedContext)
    }
    let all = epochs.map(\.encodedContext)
    #expect(kept(5, within: 3 * size) == all)
    #expect(kept(2, within: 3 * size) == Array(all[1...]))
    #expect(kept(3, within: 3 * size - 1) == Array(all[1...]))
    #expect(kept(3, within: size) == [all[2]])
    #expect(kept(3, within: size - 1) == [])
  }

  /// In a debug build encoding asserts that its buffer was not outgrown.
  @Test func `a state with many keys is written into one buffer, and comes back`() throws {
    var settings = GroupSettings.open
    settings.resumptionEpochs = 120
    var (alice, bob) = try groupOfTwo(suite: .hybridAES256, settings: settings)
    for _ in 0..<120 {
      let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
      try bob.follow(pending.message)
      alice = try pending.next(after: alice)
    }
    for _ in 0..<20 {
      _ = try bob.proposeUpdate(validation: acceptAll, random: SystemRandom())
    }
    var last: MLSMessage?
    for _ in 0..<33 { last = try alice.protect([1], random: SystemRandom()) }
    _ = try bob.unprotect(#require(last))
    let stored = bob.encodedExposingSecrets()
    #expect(try Group(exposedBytes: stored).encodedExposingSecrets() == stored)
  }
}
