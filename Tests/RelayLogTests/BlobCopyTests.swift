// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Glibc
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// Copies of blobs, stores out of copies, and damage that is found.
@Suite struct BlobCopyTests {
  @Test func `a copy has its blobs, keeps them when they are deleted, and can be served again`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(surroundings: moved.surroundings)
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let (blob, open) = (BlobID(random: place.random), BlobID(random: place.random))
    let parts = [member.part(1), member.part(2)]
    let seal = try await store.blob(blob, parts, member)
    _ = try await store.makeBlob(member.place(open))
    try await store.put(parts[1], 3, member.place(open))
    let copy = place.path + ".copy"
    try SQLiteRelayStore.backUp(path: place.path, to: copy)
    try await store.deleteBlob(member.place(blob))
    for _ in 0..<10 {
      moved.moveTicks(seconds: 1)
      _ = try await store.append(member.message())
    }
    #expect(try await place.settles(at: 1))
    store.stop()
    #expect(try SQLiteRelayStore.findings(path: copy) == [])
    #expect(SQLiteRelayStore.blobBytes(path: copy) == 3 << 20)

    let restored = try TemporaryStore()
    try SQLiteRelayStore.restore(from: copy, to: restored.path, day: 20_000)
    let again = try restored.open(.existing, surroundings: moved.surroundings)
    defer { again.stop() }
    #expect(try await again.read(member.place(blob)) == parts[0] + parts[1])
    #expect(try await again.blobState(member.place(blob)) == .sealed(seal))
    // While repairs are made nothing new is taken, and what is there is there.
    await #expect(throws: RelayError.refused(.recovering)) {
      try await again.put(parts[0], 0, member.place(open))
    }
    moved.moveTicks(seconds: 15 * 60)
    try await again.put(parts[0], 0, member.place(open))
  }

  @Test func `a blob that was taken away while it was copied is gone in the copy`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    let (blob, other) = (BlobID(random: place.random), BlobID(random: place.random))
    _ = try await store.blob(blob, [member.part(1), member.part(1)], member)
    let lost = try #require(try BlobFiles(of: place.path).names().first)
    _ = try await store.blob(other, [member.part(2)], member)
    store.stop()
    let copy = place.path + ".copy"
    try StoreFile.prepare(copy, .creating)
    let source = try SQLiteRelayStore.open(place.path)
    let target = try DatabaseQueue(path: copy)
    try source.backup(to: target)
    // Between the rows and the files.
    try FileManager.default.removeItem(atPath: BlobFiles(of: place.path).path(lost))
    try await source.write { database in
      try database.execute(
        sql: "UPDATE blob SET gone = 1 WHERE b = 1; DELETE FROM part WHERE b = 1")
    }
    try source.close()
    #expect(try BlobCopies.make(from: place.path, to: copy, target) == 0)
    try target.close()
    let states = try TemporaryStore.knowledge(copy)[0].blobs
    #expect(states.map(\.state) == ["gone", "sealed"])
    #expect(states.map(\.id) == [blob, other].map { Base64URL.encode($0.bytes) })
    // Nothing is left of it, and nothing is said to be damaged: the copy can be restored.
    #expect(try SQLiteRelayStore.findings(path: copy) == [])
    #expect(SQLiteRelayStore.blobBytes(path: copy) == 1 << 20)
    #expect(try BlobFiles(of: copy).names().count == 1)
    let queue = try DatabaseQueue(path: copy)
    #expect(
      try await queue.read { try Int.fetchOne($0, sql: "SELECT blob_bytes FROM channel") } == 1
        << 20)
    try queue.close()
  }

  @Test func `what the store has lost is missing in the copy as well, and costs nothing else`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    let (blob, other) = (BlobID(random: place.random), BlobID(random: place.random))
    _ = try await store.blob(blob, [member.part(1), member.part(1)], member)
    let names = try BlobFiles(of: place.path).names()
    _ = try await store.blob(other, [member.part(2)], member)
    store.stop()
    let files = BlobFiles(of: place.path)
    try FileManager.default.removeItem(atPath: files.path(names[0]))
    #expect(unsafe truncate(files.path(names[1]), 1_000) == 0)
    let copy = place.path + ".copy"
    #expect(try SQLiteRelayStore.backUp(path: place.path, to: copy) == 1)
    #expect(
      try SQLiteRelayStore.findings(path: copy)
        == SQLiteRelayStore.findings(path: place.path))
    // One of it is there and whole, and the other may be put again.
    let restored = try TemporaryStore()
    try SQLiteRelayStore.restore(from: copy, to: restored.path, day: 20_000)
    let again = try restored.open(.existing)
    defer { again.stop() }
    #expect(try await again.read(member.place(other)).count == PartIndex.partLength)
    await #expect(throws: RelayError.refused(.damaged)) {
      try await again.read(member.place(blob))
    }
  }

  @Test func `a part that was cut short is copied as it is to another disk`() throws {
    let place = try TemporaryStore()
    let file = unsafe open(place.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    let part = PartFile(PartName(), descriptor: file)
    defer { part.close() }
    try part.write([1, 2, 3])
    #expect(throws: RelayError.refused(.malformed)) { try part.flush(time: 0) }
    try part.keep(time: 0)
    #expect(try place.bytes() == [1, 2, 3])
  }

  @Test func `what a transaction that came to nothing wanted cleared away stays`() async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    _ = try await store.append(member.message())
    _ = try await store.blob(BlobID(random: place.random), [member.part(1)], member)
    store.stop()
    let queue = try SQLiteRelayStore.open(place.path)
    try await queue.writeWithoutTransaction { database in
      let memory = WriterMemory(
        .unhurried, Surroundings(at: place.path, clock: { 1_700_000_000 }), isRecovering: false,
        released: ReleasedFiles())
      // As it is left in memory by a close and a deletion that were rolled back.
      let left = (
        try Housekeeping.empty(1, memory, database),
        try BlobHousekeeping.strip(1, memory, database)
      )
      #expect(left == (false, false))
    }
    try queue.close()
    let known = try TemporaryStore.knowledge(place.path)[0]
    #expect(known.entries.count == 1 && known.blobs.map(\.parts.count) == [1])
  }

  @Test func `a missing and a damaged part are found, and their blob is not half answered`()
    async throws
  {
    let place = try TemporaryStore()
    var store = try place.open()
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let blob = BlobID(random: place.random)
    _ = try await store.blob(blob, [member.part(1), member.part(2)], member)
    store.stop()
    #expect(try SQLiteRelayStore.findings(path: place.path) == [])
    let files = BlobFiles(of: place.path)
    let names = try files.names()
    var bytes = try #require(FileManager.default.contents(atPath: files.path(names[0])))
    bytes[500_000] ^= 1
    try bytes.write(to: URL(filePath: files.path(names[0])))
    try FileManager.default.removeItem(atPath: files.path(names[1]))
    #expect(
      try SQLiteRelayStore.findings(path: place.path)
        == ["1 part of blobs is missing", "1 part of blobs is damaged"])
    store = try place.open(.existing)
    defer { store.stop() }
    await #expect(throws: RelayError.refused(.damaged)) {
      try await store.read(member.place(blob))
    }
  }

  @Test(arguments: [true, false])
  func `a part that was lost or damaged is whole again when it is put again`(
    _ isSealed: Bool
  ) async throws {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let here = member.place(BlobID(random: place.random))
    let parts = [member.part(1), member.part(2)]
    if isSealed {
      _ = try await store.blob(here.blob, parts, member)
    } else {
      _ = try await store.makeBlob(here)
      for index in 0..<2 { try await store.put(parts[index], UInt64(index), here) }
    }
    let files = BlobFiles(of: place.path)
    let names = try files.names()
    var bytes = try #require(FileManager.default.contents(atPath: files.path(names[0])))
    bytes[500_000] ^= 1
    try bytes.write(to: URL(filePath: files.path(names[0])))
    try FileManager.default.removeItem(atPath: files.path(names[1]))
    for index in 0..<2 { try await store.put(parts[index], UInt64(index), here) }
    #expect(try SQLiteRelayStore.findings(path: place.path) == [])
    #expect(try place.files() == (2, 0))
    try await store.sealBlob(
      here, BlobSeal(of: parts.map { PartHash(checked: Digest.sha256($0)) })!)
    #expect(try await store.read(here) == parts[0] + parts[1])
  }

  @Test func `a part whose row nobody knows of keeps its file until the process ends`()
    async throws
  {
    let place = try TemporaryStore()
    let (store, member) = try await place.channel()
    defer { store.stop() }
    let here = member.place(BlobID(random: place.random))
    _ = try await store.makeBlob(here)
    let queue = try DatabaseQueue(path: place.path)
    try await queue.writeWithoutTransaction {
      try $0.execute(
        sql: """
          CREATE TRIGGER broken BEFORE INSERT ON part
          BEGIN SELECT RAISE(ABORT, 'as if the disk had failed'); END
          """)
    }
    try queue.close()
    await #expect(throws: RelayError.refused(.outcomeUnknown)) {
      try await store.put(member.part(1), 0, here)
    }
    let names = try store.blobs.names()
    #expect(names.count == 1 && names.allSatisfy { store.blobs.isOnItsWay($0) })
  }
}
