// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayProtocol
import Synchronization
import Testing
import WireFormat

@testable import Consent
@testable import MLS

/// Work that grows no faster than the input.
///
/// The inputs of the second half are so long that work which grew with their square would take many
/// minutes; what takes linear time is done in a moment, on any machine. So the limit is no measurement.
@Suite struct LinearWorkTests {
  private static let reads = Mutex(0)

  /// A byte that counts how often one is read.
  private struct Counted: WireDecodable {
    init(from reader: inout WireReader) throws(WireError) {
      _ = try reader.readUInt8()
      LinearWorkTests.reads.withLock { $0 += 1 }
    }
  }

  private struct Row: WireDecodable {
    init(from reader: inout WireReader) throws(WireError) {
      let _: [Counted] = try reader.readVector()
    }
  }

  private struct Table: WireDecodable {
    init(from reader: inout WireReader) throws(WireError) {
      let _: [Row] = try reader.readVector()
    }
  }

  @Test func `each item of nested vectors is read once`() throws {
    func readsOf(_ count: Int) throws -> Int {
      var writer = WireWriter()
      writer.writeVector { writer in
        for _ in 0..<count {
          writer.writeVector { writer in
            for _ in 0..<10 { writer.writeOpaque([1, 2, 3]) }
          }
        }
      }
      Self.reads.withLock { $0 = 0 }
      var reader = WireReader(writer.bytes)
      let _: [Table] = try reader.readVector()
      return Self.reads.withLock { $0 }
    }
    #expect(try readsOf(20) == 20 * 30)
    #expect(try readsOf(200) == 200 * 30)
  }

  @Test(.timeLimit(.minutes(5)))
  func `a KeyPackage of long lists is judged`() throws {
    let random = SeededRandom(seed: 1)
    let types = (0x100..<0x9000 as Range<UInt16>).map { ExtensionType(rawValue: $0) }
    let filler = [ExtensionType](repeating: ExtensionType(rawValue: 0xFFFF), count: 300_000)
    let package = try OwnKeyPackage(
      signatureKey: SignatureKey(suite: MLSWorld.suite, random: random),
      credential: .basic(identity: [1]),
      capabilities: Capabilities(extensions: filler + types),
      lifetime: Lifetime(notBefore: MLSWorld.now, notAfter: MLSWorld.now + 60),
      leafExtensions: types.map { Extension(type: $0, data: []) },
      extensions: types.map { Extension(type: $0, data: []) }, random: random)
    let read = try KeyPackage(wireBytes: package.keyPackage.wireBytes)
    #expect(try read.validated(MLSWorld.validation) == MLSWorld.suite)
  }

  /// A value of DER under a tag.
  private func der(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    guard contents.count >= 128 else { return [tag, UInt8(contents.count)] + contents }
    let digits = stride(from: 24, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: contents.count >> $0)
    }
    let count = Array(digits.drop { $0 == 0 })
    return [tag, 0x80 | UInt8(count.count)] + count + contents
  }

  @Test(.timeLimit(.minutes(5)), arguments: [false, true])
  func `a certificate of somebody with a very long name is read`(inOneSet: Bool) {
    let key = [UInt8](repeating: 7, count: 32)
    let attribute = der(0x30, [0x06, 3, 0x55, 4, 3, 0x0C, 1, 0x61])
    let many = [[UInt8]](repeating: attribute, count: 100_000)
    let name = der(
      0x30, inOneSet ? der(0x31, many.flatMap(\.self)) : many.flatMap { der(0x31, $0) })
    let algorithm: [UInt8] = [0x30, 5, 0x06, 3, 0x2B, 0x65, 0x70]
    let time = der(0x17, Array("260101000000Z".utf8))
    let contents =
      [0x02, 1, 1] + algorithm + name + der(0x30, time + time) + name
      + der(0x30, algorithm + der(0x03, [0] + key))
    let certificate = der(
      0x30, der(0x30, contents) + algorithm + der(0x03, [0] + [UInt8](repeating: 1, count: 64)))
    let fits = Credential.x509(certificates: [certificate]).fits(
      SignaturePublicKey(key), of: .ed25519)
    #expect(fits)
  }

  /// Places of a tree whose leaves are all the same one.
  private func crowd(_ size: TreeSize) throws -> (leaf: LeafNode, nodes: [Node?]) {
    let key = try SignatureKey(suite: MLSWorld.suite, random: SeededRandom(seed: 2))
    let leaf = try LeafNode(
      signing: LeafNodeContents(
        encryptionKey: HPKEPublicKey([1]), signatureKey: key.publicKey,
        credential: .basic(identity: []), capabilities: MLSWorld.capabilities,
        source: .commit(parentHash: [UInt8](repeating: 1, count: 32))),
      for: nil, with: key)
    var nodes = [Node?](repeating: nil, count: size.nodeCount)
    for place in stride(from: 0, to: nodes.count, by: 2) { nodes[place] = .leaf(leaf) }
    return (leaf, nodes)
  }

  @Test(.timeLimit(.minutes(5)))
  func `half of a large tree leaves at once and comes back`() throws {
    let size = try #require(TreeSize(leafCount: 1 << 17))
    let half = UInt32(size.leafCount / 2)
    let (leaf, nodes) = try crowd(size)
    var tree = RatchetTree(suite: MLSWorld.suite, size: size, nodes: nodes)
    try tree.remove([LeafIndex(1)] + (half..<2 * half).map { LeafIndex($0) })
    #expect(tree.size.leafCount == Int(half))
    #expect(try tree.add(leaf) == LeafIndex(1))
    for index in half..<2 * half { #expect(try tree.add(leaf) == LeafIndex(index)) }
    #expect(tree.size == size)
  }

  @Test(.timeLimit(.minutes(5)))
  func `a tree in which every leaf claims the parent hash is refused`() throws {
    let size = try #require(TreeSize(leafCount: 1 << 14))
    var nodes = try crowd(size).nodes
    nodes[size.root.rawValue] = .parent(
      ParentNode(
        encryptionKey: HPKEPublicKey([2]), parentHash: [],
        unmergedLeaves: (1..<UInt32(size.leafCount)).map { LeafIndex($0) }))
    var tree = RatchetTree(suite: MLSWorld.suite, size: size, nodes: nodes)
    try tree.validateUnmergedLeaves()
    #expect(throws: MLSError.invalidTree(.parentHash)) { try tree.validateParentHashes() }
  }

  @Test(.timeLimit(.minutes(5)))
  func `an object of many members and an array of many items are read`() throws {
    let members = (0..<16_000).map { #""m\#($0)":0"# }.joined(separator: ",")
    let value = try JSONReader.read(Array("{\(members)}".utf8))
    guard case .object(let read) = value else { throw Finding.validRefused }
    #expect(read.count == 16_000)
    #expect(throws: JSONFault.duplicateMember) {
      _ = try JSONReader.read(Array("{\(members),\"m0\":0}".utf8))
    }
    let items = Array("[\(Array(repeating: "0", count: 100_000).joined(separator: ","))]".utf8)
    #expect(try JSONReader.read(items).bytes == items)
  }

  @Test(.timeLimit(.minutes(5)))
  func `frames of a stream that comes byte by byte are read`() throws {
    let entry = EnvelopeEntry(
      position: Position(1), id: EnvelopeID(checked: [UInt8](repeating: 1, count: 16)),
      named: .none, chain: ChainHash(checked: [UInt8](repeating: 2, count: 32)),
      envelope: [UInt8](repeating: 3, count: SizeClass.largest.byteCount))
    let frame = Frame(.envelope(entry))
    var parser = FrameParser()
    var found: [Frame] = []
    for byte in frame.wireBytes {
      parser.feed(CollectionOfOne(byte))
      if let next = try parser.next() { found.append(next) }
    }
    #expect(found == [frame])
  }

  @Test(.timeLimit(.minutes(5)))
  func `a ledger of the greatest length is read and audited`() throws {
    let people = try ConsentPeople.shared
    var ledger = people.ledgers[2]
    let until = ledger.last.time.adding(days: 50)
    while ledger.length + 2 <= Ledger.maximumLength {
      let renewal = Renewal(validUntil: until.adding(seconds: Int64(ledger.length)))
      try ledger.append(
        people.client.author.line(
          .renew(renewal), upon: ledger, clock: ledger.last.time, signing: people.client.key))
      try ledger.append(
        people.therapist.author.line(
          .acknowledge(ledger.last.hash), upon: ledger, clock: ledger.last.time,
          signing: people.therapist.key))
    }
    let file = ConsentExport.jws(ledger)
    #expect(try ConsentExport.read(file).head == ledger.head)

    var audit = ConsentAudit(export: file, now: until)
    let consent = ConsentExtension(length: 3, head: ledger.lines[2].head)
    audit.check(epochs: (0..<500_000).map { .init(epoch: $0, consent: consent) })
    audit.check(
      messages: (0..<500_000).map {
        .init(
          position: $0, epoch: $0, head: consent.head, scope: .text, sender: .client,
          sent: ledger.lines[2].time)
      })
    #expect(audit.isClean)
  }
}
