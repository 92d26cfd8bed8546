// SPDX-License-Identifier: Apache-2.0

import MLS
import MLSTesting
import Primitives
import Testing
import WireFormat

/// The path that every use takes: found, add, join, talk, commit.
struct TwoMemberTests {
  @Test(arguments: CipherSuite.all)
  func `both sides of a new group agree`(suite: CipherSuite) throws {
    let (alice, bob) = try groupOfTwo(suite: suite)
    #expect(alice.epoch == Epoch(1))
    #expect(alice.context == bob.context)
    #expect(alice.epochAuthenticator.equals(bob.epochAuthenticator))
    #expect(alice.members == bob.members)
    #expect(bob.ownLeaf == LeafIndex(1))
  }

  @Test(arguments: testedSuites)
  func `messages arrive in order, once, with their authenticated data`(suite: CipherSuite) throws {
    var (alice, bob) = try groupOfTwo(suite: suite)
    for number in 0..<20 {
      let sent = try alice.protect(
        Array("message \(number)".utf8), authenticatedData: [UInt8(number)], padding: number,
        random: SystemRandom())
      let message = try MLSMessage(wireBytes: sent.wireBytes)
      let received = try bob.unprotect(message)
      #expect(received.data == Array("message \(number)".utf8))
      #expect(received.authenticatedData == [UInt8(number)])
      #expect(received.sender == alice.ownLeaf)
      #expect(throws: MLSError.messageKeyUnavailable) { try bob.unprotect(message) }
    }
    let back = try bob.protect([1, 2, 3], random: SystemRandom())
    #expect(try alice.unprotect(back).data == [1, 2, 3])
  }

  @Test(arguments: testedSuites)
  func `commits of either side move both to the same epoch`(suite: CipherSuite) throws {
    var (alice, bob) = try groupOfTwo(suite: suite)
    for round in 0..<4 {
      var options = CommitOptions()
      options.authenticatedData = [UInt8(round)]
      if round.isMultiple(of: 2) {
        let pending = try alice.commit(
          options: options, validation: acceptAll, random: SystemRandom())
        let message = try MLSMessage(wireBytes: pending.message.wireBytes)
        let staged = try bob.processCommit(message)
        #expect(staged.changes.authenticatedData == [UInt8(round)])
        #expect(staged.changes.committer == alice.ownLeaf)
        bob = try #require(staged.next)
        alice = pending.next
      } else {
        let pending = try bob.commit(
          [.groupContextExtensions([Extension(type: testExtension, data: [UInt8(round)])])],
          options: options, validation: acceptAll, random: SystemRandom())
        let staged = try alice.processCommit(pending.message)
        #expect(staged.changes.extensions?[testExtension] == [UInt8(round)])
        alice = try #require(staged.next)
        bob = pending.next
      }
      #expect(alice.epochAuthenticator.equals(bob.epochAuthenticator))
      #expect(alice.epoch == Epoch(UInt64(round) + 2))
      let sent = try alice.protect([UInt8(round)], random: SystemRandom())
      #expect(try bob.unprotect(sent).data == [UInt8(round)])
    }
  }

  @Test func `a commit can install a fresh signature key and credential`() throws {
    var (alice, bob) = try groupOfTwo()
    let fresh = try TestClient("alice, renewed")
    var options = CommitOptions()
    options.leaf = fresh.parameters
    let pending = try alice.commit(options: options, validation: acceptAll, random: SystemRandom())
    let staged = try bob.processCommit(pending.message)
    #expect(staged.changes.committerLeaf?.credential == fresh.credential)
    #expect(staged.changes.previousCommitterLeaf?.signatureKey == alice.ownLeafNode.signatureKey)
    var next = try #require(staged.next)
    var renewed = pending.next
    let sent = try renewed.protect([7], random: SystemRandom())
    #expect(try next.unprotect(sent).senderLeaf.signatureKey == fresh.signatureKey.publicKey)
  }

  @Test func `a committer that loses the race goes on with the other's commit: RFC 9420 §14`()
    throws
  {
    var (alice, bob) = try groupOfTwo()
    let lost = try alice.commit(validation: acceptAll, random: SystemRandom())
    let won = try bob.commit(validation: acceptAll, random: SystemRandom())
    let staged = try alice.processCommit(won.message)
    let next = try #require(staged.next)
    #expect(next.epochAuthenticator.equals(won.next.epochAuthenticator))
    #expect(!next.epochAuthenticator.equals(lost.next.epochAuthenticator))
  }

  @Test func `exports of an epoch are equal and can be had once`() throws {
    var (alice, bob) = try groupOfTwo()
    let requests = [
      ExportRequest(label: "one", context: [1], count: 32),
      ExportRequest(label: "two", context: [], count: 16),
    ]
    let exported = try alice.exportAndErase(requests)
    for (request, secret) in zip(requests, exported) {
      #expect(try bob.export(request).equals(secret))
    }
    #expect(throws: MLSError.exporterErased) { try alice.export(requests[0]) }
    var reloaded = try Group(exposedBytes: alice.encodedExposingSecrets())
    #expect(throws: MLSError.exporterErased) { try reloaded.exportAndErase(requests) }
  }

  @Test func `a removed member is told so and the others go on`() throws {
    var (alice, bob) = try groupOfTwo()
    let carol = try TestClient("carol").keyPackage()
    let added = try alice.commit(
      [.add(carol.keyPackage)], validation: acceptAll, random: SystemRandom())
    try bob.follow(added.message)
    alice = added.next
    let welcome = try #require(added.welcome)
    var carolGroup = try Group(joining: welcome, with: carol, validation: acceptAll)
    #expect(carolGroup.epochAuthenticator.equals(bob.epochAuthenticator))
    let removal = try bob.commit(
      [.remove(alice.ownLeaf)], validation: acceptAll, random: SystemRandom())
    #expect(try alice.processCommit(removal.message).next == nil)
    let staged = try carolGroup.processCommit(removal.message)
    #expect(staged.changes.removals.map(\.index) == [alice.ownLeaf])
    let next = try #require(staged.next)
    #expect(next.epochAuthenticator.equals(removal.next.epochAuthenticator))
  }
}
