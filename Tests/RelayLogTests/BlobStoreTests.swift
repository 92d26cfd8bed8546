// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// Blobs on a disk: what is there after each step, and after each end.
@Suite struct BlobStoreTests {
  @Test func `parts come in any order and side by side, and are read as one`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let blob = BlobID(random: place.random)
    let here = member.place(blob)
    let made = try await store.makeBlob(here)
    #expect(made.isNew && made.state == .open(PartSet()))
    let parts = (0..<5).map { member.part(UInt8($0)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in [4, 0, 3, 1] {
        // Each twice at the same time: the same part is the same part.
        for _ in 0..<2 {
          group.addTask { try await store.put(parts[index], UInt64(index), here) }
        }
      }
      try await group.waitForAll()
    }
    let hashes = parts.map { PartHash(checked: Digest.sha256($0)) }
    let seal = BlobSeal(of: hashes)!
    await #expect(throws: RelayError.refused(.partsMissing)) {
      try await store.sealBlob(here, seal)
    }
    var set = PartSet()
    for index in [0, 1, 3, 4] as [UInt64] { set.insert(PartIndex(index)!) }
    #expect(try await store.makeBlob(here).state == .open(set))
    #expect(try await store.blobState(here) == .open(set))
    await #expect(throws: RelayError.refused(.unsealed)) { try await store.read(here) }
    try await store.put(parts[2], 2, here)
    await #expect(throws: RelayError.refused(.partConflict)) {
      try await store.put(parts[1], 2, here)
    }
    let wrong = BlobSeal(of: hashes.reversed())!
    await #expect(throws: RelayError.refused(.hashMismatch)) {
      try await store.sealBlob(here, wrong)
    }
    try await store.sealBlob(here, seal)
    try await store.sealBlob(here, seal)
    await #expect(throws: RelayError.refused(.sealed)) { try await store.sealBlob(here, wrong) }
    await #expect(throws: RelayError.refused(.sealed)) { try await store.put(parts[0], 5, here) }
    try await store.put(parts[3], 3, here)

    let whole = parts.flatMap { $0 }
    #expect(try await store.read(here) == whole)
    let length = UInt64(PartIndex.partLength)
    for range in [
      0..<1, length - 1..<length, length..<length + 1, length - 10..<2 * length + 10,
      5 * length - 1..<5 * length,
    ] {
      #expect(
        try await store.read(here, range)
          == whole[Int(range.lowerBound)..<Int(range.upperBound)].map(\.self))
    }
    #expect(try await place.settles(at: 5))
    #expect(try place.files().drafts == 0)
    #expect(SQLiteRelayStore.blobBytes(path: place.path) == 5 << 20)
  }

  @Test func `a blob is there after the process has ended, and an upload goes on`() async throws {
    let place = try TemporaryStore()
    var store = try place.open()
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let (first, second) = (BlobID(random: place.random), BlobID(random: place.random))
    let parts = [member.part(1), member.part(2)]
    _ = try await store.blob(first, parts, member)
    _ = try await store.makeBlob(member.place(second))
    try await store.put(parts[1], 1, member.place(second))
    store.stop()
    // What a process leaves behind that ends at the wrong moment.
    let stray = PartName()
    for name in ["tmp/\(stray.text)", stray.text] {
      try Data(parts[0]).write(to: place.blobFolder.appending(path: name))
    }
    #expect(try place.files() == (4, 1))

    store = try place.open(.existing)
    defer { store.stop() }
    #expect(try place.files().drafts == 0)
    #expect(try await place.settles(at: 3))
    #expect(try await store.read(member.place(first)) == parts[0] + parts[1])
    let state = try await store.makeBlob(member.place(second))
    guard case .open(let set) = state.state else { throw RelayError.malformedAnswer }
    #expect(!state.isNew && set.contains(PartIndex(1)!) && !set.contains(PartIndex(0)!))
    try await store.put(parts[0], 0, member.place(second))
    try await store.sealBlob(
      member.place(second), BlobSeal(of: parts.map { PartHash(checked: Digest.sha256($0)) })!)
    #expect(try await store.read(member.place(second)) == parts[0] + parts[1])
  }

  @Test func `a part that does not come to its end leaves nothing`() async throws {
    struct Interruption: Error {}
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let here = member.place(BlobID(random: place.random))
    _ = try await store.makeBlob(here)
    let part = member.part(1)
    await #expect(throws: Interruption.self) {
      try await store.putPart(here, PartIndex(0)!) { take in
        try await take(Array(part.prefix(70_000)))
        #expect(try place.files() == (0, 1))
        throw Interruption()
      }
    }
    for bytes in [Array(part.dropLast()), part + [0], []] {
      await #expect(throws: RelayError.refused(.malformed)) {
        try await store.put(bytes, 0, here)
      }
    }
    #expect(try place.files() == (0, 0))
    #expect(try await store.blobState(here) == .open(PartSet()))
  }

  @Test func `whoever may not put a part is told so before it is read`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(surroundings: moved.surroundings)
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    let blob = BlobID(random: place.random)
    _ = try await store.makeBlob(member.place(blob))
    func refusal(_ place: BlobPlace) async -> RelayError? {
      do {
        try await store.putPart(place, PartIndex(0)!) { _ in Issue.record("it was read") }
        return nil
      } catch {
        return error as? RelayError
      }
    }
    #expect(await refusal(try Member(place.random).place(blob)) == .refused(.noSuchChannel))
    #expect(
      await refusal(member.place(BlobID(random: place.random))) == .refused(.noSuchBlob))
    moved.setFree(1 << 20)
    #expect(await refusal(member.place(blob)) == .refused(.storeFull))
    moved.setFree(1 << 40)
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    #expect(await refusal(member.place(blob)) == .tokenRetired(last: Position(1)))
    member.advance(next)
    try await store.put(member.part(1), 0, member.place(blob))
  }

  @Test func `a retired token reads the blobs that were sealed before its turn, and no other`()
    async throws
  {
    let place = try TemporaryStore()
    let store = try place.open()
    defer { store.stop() }
    var member = try Member(place.random)
    _ = try await store.create(member.new)
    let (before, after) = (BlobID(random: place.random), BlobID(random: place.random))
    let part = member.part(1)
    let seal = try await store.blob(before, [part], member)
    _ = try await store.append(member.message())
    let (turn, next) = member.turn()
    _ = try await store.append(turn)
    member.advance(next)
    _ = try await store.blob(after, [part], member)
    #expect(try await store.read(member.place(before, epoch: 0)) == part)
    #expect(try await store.blobState(member.place(before, epoch: 0)) == .sealed(seal))
    for id in [after, BlobID(random: place.random)] {
      await #expect(throws: RelayError.refused(.noSuchBlob)) {
        try await store.read(member.place(id, epoch: 0))
      }
    }
    await #expect(throws: RelayError.tokenRetired(last: Position(2))) {
      try await store.deleteBlob(member.place(before, epoch: 0))
    }
    #expect(try await store.read(member.place(before)) == part)
  }

  @Test func `a store without them gets the tables of blobs, and keeps what it has`()
    async throws
  {
    let place = try TemporaryStore()
    var store = try place.open()
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    _ = try await store.append(member.message())
    store.stop()
    let queue = try DatabaseQueue(path: place.path)
    try await queue.writeWithoutTransaction {
      try $0.execute(
        sql: """
          DROP TABLE blob; DROP TABLE part; ALTER TABLE channel DROP COLUMN blobs;
          PRAGMA user_version = 2
          """)
    }
    try queue.close()
    #expect(SQLiteRelayStore.blobBytes(path: place.path) == 0)
    store = try place.open(.existing)
    defer { store.stop() }
    #expect(try await store.read(member).entries.count == 1)
    _ = try await store.blob(BlobID(random: place.random), [member.part(1)], member)
  }

  @Test func `parts that are there already are written again so often, and others go on`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(
      policy: StorePolicy(appendsPerSecond: 1, appendBurst: 3), surroundings: moved.surroundings)
    defer { store.stop() }
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let here = member.place(BlobID(random: place.random))
    let part = member.part(1)
    _ = try await store.makeBlob(here)
    for _ in 0..<4 { try await store.put(part, 0, here) }
    await #expect(throws: RelayError.refused(.limited)) {
      try await store.putPart(here, PartIndex(0)!) { _ in Issue.record("the bytes were read") }
    }
    try await store.put(member.part(2), 1, here)
    moved.moveTicks(seconds: 1)
    try await store.put(part, 0, here)
    #expect(try place.files().parts == 2 && place.files().drafts == 0)
  }

  @Test func `a part whose file is lost is damaged, until somebody puts it there again`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let id = BlobID(random: place.random)
    let part = member.part(1)
    _ = try await store.blob(id, [part], member)
    let name = try #require(try store.blobs.names().first)
    let file = FileHandle(forWritingAtPath: store.blobs.path(name))
    try file?.truncate(atOffset: 10)
    await #expect(throws: RelayError.refused(.damaged)) { try await store.read(member.place(id)) }
    store.blobs.remove(name)
    await #expect(throws: RelayError.refused(.damaged)) { try await store.read(member.place(id)) }
    try await store.put(part, 0, member.place(id))
    #expect(try await store.read(member.place(id)) == part)
  }

  @Test func `a channel that is full takes no part more`() async throws {
    let place = try TemporaryStore()
    var store = try place.open()
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let here = member.place(BlobID(random: place.random))
    _ = try await store.makeBlob(here)
    store.stop()
    let queue = try DatabaseQueue(path: place.path)
    try await queue.writeWithoutTransaction {
      try $0.execute(sql: "UPDATE channel SET blob_bytes = \((8 << 30) - (1 << 20))")
    }
    try queue.close()
    store = try place.open(.existing)
    defer { store.stop() }
    try await store.put(member.part(1), 0, here)
    await #expect(throws: RelayError.refused(.quota)) {
      try await store.put(member.part(1), 1, here)
    }
    await #expect(throws: RelayError.refused(.quota)) {
      try await store.makeBlob(member.place(BlobID(random: place.random)))
    }
  }

  @Test func `a channel has so many blobs and no more, those that are gone too`() async throws {
    let place = try TemporaryStore()
    var store = try place.open()
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    store.stop()
    // As a version left it that did not count them.
    let queue = try DatabaseQueue(path: place.path)
    try await queue.writeWithoutTransaction {
      try $0.execute(
        sql: """
          INSERT INTO blob (ch, id, day, gone)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 65535)
          SELECT 1, randomblob(32), 20000, 1 FROM n;
          ALTER TABLE channel DROP COLUMN blobs;
          PRAGMA user_version = 3
          """)
    }
    try queue.close()
    store = try place.open(.existing)
    defer { store.stop() }
    let last = member.place(BlobID(random: place.random))
    #expect(try await store.makeBlob(last).isNew)
    await #expect(throws: RelayError.refused(.quota)) {
      try await store.makeBlob(member.place(BlobID(random: place.random)))
    }
    try await store.deleteBlob(last)
    await #expect(throws: RelayError.refused(.quota)) {
      try await store.makeBlob(member.place(BlobID(random: place.random)))
    }
  }

  @Test func `a blob that is there is told of without the writer`() async throws {
    let place = try TemporaryStore()
    let observer = CountingObserver()
    let store = try place.open(observer: observer)
    defer { store.stop() }
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let (here, sealed) = (
      member.place(BlobID(random: place.random)), member.place(BlobID(random: place.random))
    )
    #expect(try await store.makeBlob(here).isNew)
    try await store.put(member.part(1), 3, here)
    let seal = try await store.blob(sealed.blob, [member.part(1)], member)
    _ = try await store.append(member.message())
    let before = observer.counts.jobs
    var parts = PartSet()
    parts.insert(PartIndex(3)!)
    for _ in 0..<20 {
      #expect(try await store.makeBlob(here) == (.open(parts), false))
      #expect(try await store.makeBlob(sealed) == (.sealed(seal), false))
      await #expect(throws: RelayError.refused(.noSuchChannel)) {
        try await store.makeBlob(try Member(place.random).place(here.blob))
      }
    }
    _ = try await store.append(member.message())
    #expect(observer.counts.jobs <= before + 2)
  }
}
