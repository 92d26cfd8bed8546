// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import RelayClient
import RelayProtocol
import Synchronization
import Testing
import WireFormat

/// Blobs from end to end: what is sent, what goes on after an interruption, what is not believed.
@Suite(.serialized) struct BlobTransferTests {
  private static let capacity = BlobReference.partCapacity

  private static func content(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for place in stride(from: 0, to: count, by: 997) { bytes[place] = UInt8(place % 251) }
    return bytes
  }

  private static let patience = {
    var patience = BlobPatience()
    patience.pause = .milliseconds(1)
    return patience
  }()

  private static func upload(
    _ draft: BlobDraft, _ source: MemorySource, to relay: some BlobConnection,
    progress: (BlobProgress) -> Void = { _ in }
  ) async throws -> BlobReference {
    try await BlobUpload(
      draft, to: relay, channel: ClientFixture.channel, token: ClientFixture.token,
      patience: patience
    ).run(from: source, progress: progress)
  }

  private static func download(
    _ reference: BlobReference, from relay: some BlobConnection, _ range: Range<UInt64>? = nil,
    progress: (BlobProgress) -> Void = { _ in }
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await BlobDownload(
      reference, from: relay, channel: ClientFixture.channel, token: ClientFixture.token,
      patience: patience
    ).run(range, progress: progress) { bytes += $0 }
    return bytes
  }

  @Test(arguments: [0, 1, capacity - 1, capacity, capacity + 1, 5 * capacity + 17])
  func `a content of any length comes back as it was, in parts of one size`(_ count: Int)
    async throws
  {
    let relay = MemoryBlobs()
    let content = Self.content(count)
    let source = MemorySource(content)
    let draft = try BlobDraft(of: source, random: SeededRandom(seed: 1))
    var seen: [BlobProgress] = []
    let reference = try await Self.upload(draft, source, to: relay) { seen.append($0) }
    #expect(reference.length == UInt64(count))
    #expect(relay.parts.count == Int(reference.parts))
    #expect(relay.parts.values.allSatisfy { $0.count == PartIndex.partLength })
    #expect(seen.last?.done == UInt64(count) && seen.count == Int(reference.parts))
    #expect(relay.counts.most <= Self.patience.parallel)
    // As it travels.
    let received = try BlobReference(wireBytes: reference.wireBytes)
    #expect(try await Self.download(received, from: relay) == content)
    if count >= 64 {
      #expect(relay.parts[0]?.prefix(64) != content.prefix(64))
    }
  }

  @Test func `as many parts are on their way at once as patience allows`() async throws {
    let relay = HoldingBlobs(until: Self.patience.parallel)
    let content = Self.content(6 * Self.capacity)
    let source = MemorySource(content)
    let draft = try BlobDraft(of: source, random: SeededRandom(seed: 1))
    let reference = try await Self.upload(draft, source, to: relay)
    #expect(Self.patience.parallel > 1 && relay.most == Self.patience.parallel)
    #expect(try await Self.download(reference, from: relay) == content)
  }

  @Test func `sealed parts are those that libsodium makes elsewhere of the same key and content`()
    async throws
  {
    let content = (0..<Self.capacity + 3).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
    let reference = try BlobReference(
      blob: BlobID(checked: [UInt8](repeating: 1, count: 32)),
      key: SharedSecret([UInt8](repeating: 0xAB, count: 32)), length: UInt64(content.count))
    let digests = [content[..<Self.capacity], content[Self.capacity...]].map {
      Digest.sha256(Array($0))
    }
    let draft = try BlobDraft(wireBytes: reference.wireBytes + digests.joined())
    let relay = MemoryBlobs()
    _ = try await Self.upload(draft, MemorySource(content), to: relay)
    // By libsodium from Python: the nonces are "Alcove 1.0 blob" || 0 || 0 and "Alcove 1.0 blob" || 1 || 1.
    let hashes = try [0, 1].map { index in
      Digest.sha256(try #require(relay.parts[index]))
    }
    #expect(
      hashes.map { Hex.encode($0) } == [
        "f75d148f7f572558664f5bbcba2e2ca1930b99f4b2a66507731003766acb1e1e",
        "25870662c46b0fa0f3daefea40bc659c8a08f2891f2b0ce1d84722e828ba9fb2",
      ])
    let seal = try #require(BlobSeal(of: hashes.map { PartHash(checked: $0) }))
    #expect(
      Hex.encode(seal.hash.bytes)
        == "440a2e19f70cd5974730be1fa099401bf6c13e1c4a8c6894b33b912904b572a4")
  }

  @Test func `ranges are read without the rest`() async throws {
    let asked = Mutex<Set<Int>>([])
    let relay = MemoryBlobs(before: { call, index in
      if call == .read { _ = asked.withLock { $0.insert(index) } }
    })
    let content = Self.content(4 * Self.capacity)
    let source = MemorySource(content)
    let draft = try BlobDraft(of: source, random: SeededRandom(seed: 1))
    let reference = try await Self.upload(draft, source, to: relay)
    let edge = Self.capacity
    for (range, parts) in [
      (0..<1, [0]), (edge - 1..<edge + 1, [0, 1]), (edge..<2 * edge, [1]),
      (2 * edge + 5..<4 * edge, [2, 3]), (4 * edge - 1..<9 * edge, [3]), (9 * edge..<10 * edge, []),
      (7..<7, []),
    ] {
      asked.withLock { $0 = [] }
      let expected = content[range.clamped(to: 0..<content.count)]
      let found = try await Self.download(
        reference, from: relay, UInt64(range.lowerBound)..<UInt64(range.upperBound))
      #expect(found == Array(expected))
      #expect(asked.withLock { $0 } == Set(parts))
    }
  }

  @Test func `an upload that was cut off goes on, and sends nothing twice`() async throws {
    let isDown = Atomic(true)
    let relay = MemoryBlobs(before: { call, number throws(RelayError) in
      if call == .put, number > 3, isDown.load(ordering: .relaxed) { throw .refused(.quota) }
    })
    let content = Self.content(6 * Self.capacity)
    let source = MemorySource(content)
    let draft = try BlobDraft(of: source, random: SeededRandom(seed: 1))
    // The draft as another process finds it.
    let kept = draft.wireBytes
    await #expect(throws: BlobFailure.relay(.refused(.quota))) {
      try await Self.upload(draft, source, to: relay)
    }
    let (before, puts) = (relay.parts, relay.counts.puts)
    #expect(before.count == 3)
    isDown.store(false, ordering: .relaxed)
    let reference = try await Self.upload(
      BlobDraft(wireBytes: kept), MemorySource(content), to: relay)
    #expect(relay.counts.puts == puts + 3)
    #expect(before.allSatisfy { relay.parts[$0.key] == $0.value })
    #expect(try await Self.download(reference, from: relay) == content)
    // And once more, when all is done.
    _ = try await Self.upload(BlobDraft(wireBytes: kept), MemorySource(content), to: relay)
    #expect(relay.counts.puts == puts + 3)
  }

  @Test func `lost answers and a busy relay are overcome by the same parts again`() async throws {
    let relay = MemoryBlobs(
      before: { call, number throws(RelayError) in
        if call == .put, number % 3 == 0 { throw .refused(.overloaded) }
      },
      after: { call, number throws(RelayError) in
        if call == .put, number % 4 == 0 { throw .outcomeUnknown }
      })
    let content = Self.content(8 * Self.capacity)
    let source = MemorySource(content)
    let draft = try BlobDraft(of: source, random: SeededRandom(seed: 1))
    let reference = try await Self.upload(draft, source, to: relay)
    #expect(relay.counts.puts > 8)
    #expect(try await Self.download(reference, from: relay) == content)
  }

  @Test func `a relay that stays away ends the upload in time`() async throws {
    let relay = MemoryBlobs(before: { _, _ throws(RelayError) in throw .unreachable })
    let source = MemorySource(Self.content(10))
    let draft = try BlobDraft(of: source, random: SeededRandom(seed: 1))
    await #expect(throws: BlobFailure.relay(.unreachable)) {
      try await Self.upload(draft, source, to: relay)
    }
  }

  @Test func `another content never meets the key and nonces of the first`() async throws {
    let content = Self.content(3 * Self.capacity)
    let source = MemorySource(content)
    let draft = try BlobDraft(of: source, random: SeededRandom(seed: 1))
    let whole = MemoryBlobs()
    _ = try await Self.upload(draft, source, to: whole)

    let relay = MemoryBlobs()
    source.change(Self.capacity + 5)
    await #expect(throws: BlobFailure.sourceChanged) {
      try await Self.upload(draft, source, to: relay)
    }
    // What came before the change is the same as ever, and the rest was not even sealed.
    #expect(relay.parts.allSatisfy { $0.key == 0 && $0.value == whole.parts[0] })
    await #expect(throws: BlobFailure.sourceChanged) {
      try await Self.upload(draft, MemorySource(Self.content(10)), to: relay)
    }
    source.change(Self.capacity + 5)
    // One that changes while it is being sent, at its beginning or at its end, is sealed no further.
    for place in [7, 2 * Self.capacity + 7] {
      let changing = MemoryBlobs(before: { call, _ in if call == .make { source.change(place) } })
      await #expect(throws: BlobFailure.sourceChanged) {
        try await Self.upload(draft, source, to: changing)
      }
      #expect(changing.parts.allSatisfy { $0.value == whole.parts[$0.key] })
      #expect(changing.parts[UInt32(place / Self.capacity)] == nil)
      source.change(place)
    }
    _ = try await Self.upload(draft, source, to: relay)
    #expect(relay.parts == whole.parts)
  }

  @Test func `parts that are damaged, swapped, cut off or of another blob are not believed`()
    async throws
  {
    let content = Self.content(3 * Self.capacity)
    let source = MemorySource(content)
    let random = SeededRandom(seed: 1)
    let relay = MemoryBlobs()
    let reference = try await Self.upload(
      BlobDraft(of: source, random: random), source, to: relay)
    let whole = relay.parts
    let other = MemoryBlobs()
    _ = try await Self.upload(BlobDraft(of: source, random: random), source, to: other)
    let changes: [(inout [UInt32: [UInt8]]) -> Void] = [
      { $0[1]?[0] ^= 1 }, { $0[1]?[PartIndex.partLength - 1] ^= 0x80 },
      { $0[0] = whole[1] }, { $0[2] = whole[1] }, { $0[1] = whole[2] },
      { $0[1] = other.parts[1] }, { $0[1] = [] }, { $0[1]?.removeLast() },
    ]
    for change in changes {
      relay.damage {
        $0 = whole; change(&$0)
      }
      await #expect(throws: BlobFailure.notAuthentic) {
        try await Self.download(reference, from: relay)
      }
    }
    relay.damage {
      $0 = whole
      $0[3] = whole[2]
    }
    // A reference that tells another length opens the last part as none of its own.
    let longer = try BlobReference(
      blob: reference.blob, key: reference.key, length: UInt64(4 * Self.capacity))
    let shorter = try BlobReference(
      blob: reference.blob, key: reference.key, length: UInt64(2 * Self.capacity))
    for wrong in [longer, shorter] {
      await #expect(throws: BlobFailure.notAuthentic) {
        try await Self.download(wrong, from: relay)
      }
    }
    #expect(try await Self.download(reference, from: relay) == content)
  }

  @Test func `padding that is not zeros is refused`() async throws {
    let source = MemorySource(Self.content(100) + [1])
    let relay = MemoryBlobs()
    let reference = try await Self.upload(
      BlobDraft(of: source, random: SeededRandom(seed: 1)), source, to: relay)
    let cut = try BlobReference(blob: reference.blob, key: reference.key, length: 100)
    await #expect(throws: BlobFailure.notAuthentic) {
      try await Self.download(cut, from: relay)
    }
  }

  @Test func `a reference has one encoding, and no secret shows in it`() throws {
    let reference = try BlobReference(
      blob: BlobID(checked: [UInt8](repeating: 1, count: 32)),
      key: SharedSecret([UInt8](repeating: 0xAB, count: 32)), length: UInt64(Self.capacity) + 1)
    let bytes = reference.wireBytes
    #expect(
      bytes == [1] + [UInt8](repeating: 1, count: 32) + [UInt8](repeating: 0xAB, count: 32)
        + [0, 0, 0, 2] + [0, 0, 0, 0, 0, 0x0F, 0xFF, 0xF1])
    #expect(try BlobReference(wireBytes: bytes).wireBytes == bytes)
    for (place, value) in [(0, 2), (68, 1), (68, 3), (69, 1)] as [(Int, UInt8)] {
      var wrong = bytes
      wrong[place] = value
      #expect(throws: WireError.invalidValue) { try BlobReference(wireBytes: wrong) }
    }
    #expect(throws: WireError.truncated) { try BlobReference(wireBytes: Array(bytes.dropLast())) }
    #expect(throws: WireError.trailingBytes) { try BlobReference(wireBytes: bytes + [0]) }
    #expect(throws: WireError.invalidValue) {
      try BlobReference(
        blob: reference.blob, key: reference.key, length: BlobReference.maximumLength + 1)
    }
    #expect(!"\(reference)".contains("171") && !"\(reference)".lowercased().contains("ab, "))
  }

  @Test func `a file goes through a live relay and comes back, and a retired token says so`()
    async throws
  {
    let file = FileManager.default.temporaryDirectory.appending(path: "alcove-\(UUID()).bin")
    defer { try? FileManager.default.removeItem(at: file) }
    let content = Self.content(3 * Self.capacity + 5)
    try Data(content).write(to: file)
    try await LiveRelay.run { client in
      let turn = ClientFixture.turn
      try await client.create(
        NewChannel(
          id: ClientFixture.channel, kind: .relationship, token: ClientFixture.token.hash,
          turn: turn.hash))
      let source = try FileSource(path: file.path)
      let draft = try BlobDraft(of: source, random: SystemRandom())
      let upload = BlobUpload(
        draft, to: client, channel: ClientFixture.channel, token: ClientFixture.token)
      let reference = try await upload.run(from: source)
      #expect(try await Self.download(reference, from: client) == content)
      #expect(
        try await Self.download(reference, from: client, 2_000_000..<2_000_010)
          == Array(content[2_000_000..<2_000_010]))
      // The same again asks, and sends nothing.
      _ = try await upload.run(from: source)

      let next = (AccessToken(random: SystemRandom()), TurnSecret(random: SystemRandom()))
      _ = try await client.append(
        Append(
          channel: ClientFixture.channel, token: ClientFixture.token, id: ClientFixture.id,
          turn: turn, named: NamedHashes(token: next.0, turn: next.1),
          envelope: [UInt8](repeating: 1, count: 16_384)))
      #expect(try await Self.download(reference, from: client) == content)
      let late = try BlobDraft(of: source, random: SystemRandom())
      await #expect(throws: BlobFailure.relay(.tokenRetired(last: Position(1)))) {
        try await BlobUpload(
          late, to: client, channel: ClientFixture.channel, token: ClientFixture.token
        ).run(from: source)
      }
      // A part that is refused before it is read: the refusal arrives all the same.
      let access = BlobAccess(
        channel: ClientFixture.channel, token: ClientFixture.token, blob: late.reference.blob)
      for _ in 0..<5 {
        await #expect(throws: RelayError.tokenRetired(last: Position(1))) {
          try await client.putPart(
            access, PartIndex(0)!, [UInt8](repeating: 0, count: PartIndex.partLength))
        }
      }
      try await client.deleteBlob(
        BlobAccess(channel: ClientFixture.channel, token: next.0, blob: reference.blob))
      await #expect(throws: BlobFailure.relay(.refused(.trimmed))) {
        try await Self.download(reference, from: client)
      }
    }
  }
}
