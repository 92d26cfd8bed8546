// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing
import WireFormat

@testable import MLS

/// The stored form is what its description says, field by field.
struct StateFormatTests {
  /// Reads by the description alone.
  private struct Form {
    var reader: WireReader

    mutating func secrets(_ count: Int) throws -> [[UInt8]] {
      try (0..<count).map { _ in try reader.readOpaque() }
    }

    mutating func list(_ body: (inout Form) throws -> Void) throws -> Int {
      var inner = Form(reader: WireReader(try reader.readOpaque()))
      var count = 0
      while !inner.reader.isAtEnd {
        try body(&inner)
        count += 1
      }
      return count
    }

    mutating func secretTree() throws -> (unused: Int, senders: Int, late: Int) {
      _ = try reader.readUInt32()
      let unused = try list {
        _ = try $0.reader.readUInt32()
        _ = try $0.secrets(1)
      }
      var late = 0
      let senders = try list {
        _ = try $0.reader.readUInt32()
        for _ in 0..<2 {
          _ = try $0.secrets(1)
          _ = try $0.reader.readUInt64()
          late += try $0.list {
            _ = try $0.reader.readUInt32()
            _ = try $0.secrets(2)
          }
        }
      }
      return (unused, senders, late)
    }
  }

  @Test func `a group with everything in it is stored as described`() throws {
    var (alice, bob) = try groupOfTwo(settings: .open)
    for _ in 0..<2 {
      _ = try alice.protect([1], random: SystemRandom())
      _ = try bob.unprotect(alice.protect([2], random: SystemRandom()))
      let pending = try alice.commit(validation: acceptAll, random: SystemRandom())
      try bob.follow(pending.message)
      alice = pending.next
    }
    let carol = try TestClient("carol").keyPackage()
    let added = try alice.propose(
      .add(carol.keyPackage), validation: acceptAll, random: SystemRandom())
    _ = try bob.process(added, validation: acceptAll)
    _ = try bob.proposeUpdate(validation: acceptAll, random: SystemRandom())

    var form = Form(reader: WireReader(bob.encodedExposingSecrets()))
    #expect(try form.reader.readUInt16() == 2)
    #expect(try form.reader.readFixed(7) == [0, 1, 1, 1, 1, 1, 1])
    let windows = try (0..<4).map { _ in try form.reader.readUInt32() }
    let settings = bob.settings
    #expect(
      windows == [
        settings.outOfOrderTolerance, settings.maximumForwardDistance, settings.pastEpochs,
        settings.resumptionEpochs,
      ])
    #expect(try form.reader.readOpaque().isEmpty)
    #expect(try form.reader.read(GroupContext.self) == bob.context)
    #expect(
      try form.reader.read(UnverifiedRatchetTree.self) == UnverifiedRatchetTree(bob.tree))
    // Tree secrets.
    #expect(try form.reader.readUInt32() == bob.ownLeaf.rawValue)
    #expect(try form.secrets(1) == [bob.treeSecrets.leafKey.secret.exposedBytes()])
    let ancestors = try form.list {
      _ = try $0.reader.readUInt32()
      _ = try $0.secrets(1)
    }
    #expect(ancestors == bob.treeSecrets.nodeKeys.count && ancestors > 0)
    #expect(try form.secrets(1) == [bob.signatureKey.privateKey.exposedBytes()])
    // Keys of the epoch.
    let keys = bob.keys
    #expect(try form.secrets(1) == [keys.senderData.exposedBytes()])
    #expect(try form.reader.readUInt8() == 1)
    let exporter = try #require(keys.exporter)
    #expect(
      try form.secrets(6)
        == [
          exporter, keys.external, keys.membership, keys.resumption, keys.authenticator,
          keys.initSecret,
        ].map { $0.exposedBytes() })
    #expect(try form.secretTree().senders == 2)
    #expect(try form.secrets(2) == [bob.interimTranscriptHash, bob.confirmationTag])
    // Proposals that wait.
    var proposals: [Proposal] = []
    _ = try form.list {
      proposals.append(try $0.reader.read())
      _ = try $0.reader.read(Sender.self)
      #expect(try $0.reader.readOptional(ProposalRef.self) != nil)
    }
    #expect(proposals == bob.pendingProposals.map(\.proposal) && proposals.count == 2)
    let updates = try form.list { _ = try $0.secrets(3) }
    #expect(updates == 1)
    // Epochs gone by.
    var epochs: [UInt64] = []
    _ = try form.list {
      epochs.append(try $0.reader.readUInt64())
      _ = try $0.secrets(2)
      let tree = try $0.secretTree()
      #expect(tree.senders == 1 && tree.late == 1)
      let members = try $0.list {
        _ = try $0.reader.readUInt32()
        _ = try $0.reader.read(LeafNode.self)
      }
      #expect(members == 2)
    }
    #expect(epochs == [1, 2])
    var resumption: [UInt64] = []
    _ = try form.list {
      resumption.append(try $0.reader.readUInt64())
      _ = try $0.secrets(1)
    }
    #expect(resumption == [1, 2, 3])
    #expect(try form.reader.readOptional(ReInit.self) == nil)
    #expect(form.reader.isAtEnd)
  }

  @Test func `a group of the first version is read, as is every setting of this one`() throws {
    var settings = GroupSettings.open
    settings.newMemberProposals = .refuse
    settings.customProposals = [
      ProposalType(rawValue: 0xF0F0): CustomProposalRules(
        path: .optional, externalSenders: .accept),
      ProposalType(rawValue: 0xF0F1): CustomProposalRules(),
    ]
    #expect(try GroupSettings(wireBytes: settings.wireBytes) == settings)
    let (alice, _) = try groupOfTwo(settings: .open)
    var bytes = alice.encodedExposingSecrets()
    let custom = 2 + 7 + 16
    #expect(bytes[custom] == 0 && bytes[1] == 2)
    bytes.remove(at: custom)
    bytes.remove(at: 2 + 4)
    bytes[1] = 1
    let read = try Group(exposedBytes: bytes)
    #expect(read.settings == .open)
    #expect(read.encodedExposingSecrets() == alice.encodedExposingSecrets())
    bytes[1] = 3
    #expect(throws: MLSError.malformed(.invalidValue)) { try Group(exposedBytes: bytes) }
  }

  @Test func `a secret tree has as many leaves as a tree can have`() throws {
    for (count, fits) in [(0, false), (1, true), (3, false), (4, true), (1 << 31, false)] {
      var writer = WireWriter()
      writer.write(UInt32(count))
      writer.writeOpaque([])
      writer.writeOpaque([])
      var reader = WireReader(writer.bytes)
      let read = { _ = try SecretTree(exposedFrom: &reader, suite: .x25519ChaCha20) }
      if fits { try read() } else { #expect(throws: WireError.invalidValue) { try read() } }
    }
  }

  @Test func `custom kinds of proposals stand in order, each once`() throws {
    var settings = GroupSettings.open
    let types = [0xF0F0, 0xF0F1].map { ProposalType(rawValue: $0) }
    for type in types { settings.customProposals[type] = CustomProposalRules() }
    let bytes = settings.wireBytes
    let (first, second) = (bytes.suffix(8).prefix(4), bytes.suffix(4))
    for list in [second + first, first + first] {
      #expect(throws: WireError.invalidValue) {
        try GroupSettings(wireBytes: bytes.dropLast(8) + list)
      }
    }
  }

  @Test func `a KeyPackage of one's own is stored as described`() throws {
    let package = try TestClient("bob").keyPackage()
    var form = Form(reader: WireReader(package.encodedExposingSecrets()))
    #expect(try form.reader.readUInt16() == 1)
    #expect(try form.reader.read(KeyPackage.self) == package.keyPackage)
    #expect(
      try form.secrets(3)
        == [package.initKey.secret, package.leafKey.secret, package.signatureKey.privateKey]
        .map { $0.exposedBytes() })
    #expect(form.reader.isAtEnd)
  }
}
