// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Primitives
import RelayProtocol
import Testing

@testable import RelayLog

/// How blobs go: by a member's wish, with their channel, by their days; and their files after them.
@Suite struct BlobEndTests {
  @Test func `a deleted blob is gone for everybody, its files too, and stays gone`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let store = try place.open(surroundings: moved.surroundings)
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let (blob, other) = (BlobID(random: place.random), BlobID(random: place.random))
    let part = member.part(1)
    _ = try await store.blob(blob, [part, member.part(2)], member)
    _ = try await store.blob(other, [part], member)
    // A reader who has begun reads the file that is open to its end.
    let contents = try await store.readBlob(member.place(blob)) { 0..<$0 }
    _ = try await contents.read(at: 0, count: 10)
    try await store.deleteBlob(member.place(blob))
    try await store.deleteBlob(member.place(blob))
    for _ in 0..<20 {
      moved.moveTicks(seconds: 1)
      _ = try await store.append(member.message())
    }
    #expect(try await place.settles(at: 1))
    #expect(try await contents.read(at: 10, count: 10) == Array(part[10..<20]))
    await #expect(throws: RelayError.refused(.damaged)) {
      try await contents.read(at: 1 << 20, count: 10)
    }
    await #expect(throws: RelayError.refused(.trimmed)) { try await store.read(member.place(blob)) }
    await #expect(throws: RelayError.refused(.trimmed)) {
      try await store.makeBlob(member.place(blob))
    }
    #expect(SQLiteRelayStore.blobBytes(path: place.path) == 1 << 20)
    #expect(try await store.read(member.place(other)) == part)
    store.stop()
    let again = try place.open(.existing, surroundings: moved.surroundings)
    defer { again.stop() }
    await #expect(throws: RelayError.refused(.trimmed)) { try await again.read(member.place(blob)) }
  }

  @Test func `a closed channel takes its blobs along, also when the process ends in between`()
    async throws
  {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    var store = try place.open(surroundings: moved.surroundings)
    let (member, other) = (try Member(place.random), try Member(place.random))
    for member in [member, other] {
      _ = try await store.create(member.new)
      _ = try await store.blob(BlobID(random: place.random), [member.part(1)], member)
    }
    // More than the two slices that come without a rest.
    for _ in 0..<300 { _ = try await store.append(member.message()) }
    moved.stopTicks()
    try await store.close(
      member.channel, token: member.token.hash, turn: member.epochs[0].turn.hash)
    store.stop()
    #expect(try place.files().parts == 2)
    store = try place.open(.existing, surroundings: moved.surroundings)
    defer { store.stop() }
    for _ in 0..<20 {
      moved.moveTicks(seconds: 1)
      _ = try await store.append(other.message())
    }
    #expect(try await place.settles(at: 1))
  }

  @Test func `blobs that nobody seals go after a week, sealed ones with the bodies`() async throws {
    let place = try TemporaryStore()
    let moved = MovedSurroundings(day: 20_000)
    let policy = StorePolicy(
      appendsPerSecond: 1_000_000, appendBurst: 1_000_000, retentionDays: 10)
    let store = try place.open(policy: policy, surroundings: moved.surroundings)
    defer { store.stop() }
    let member = try Member(place.random)
    _ = try await store.create(member.new)
    let (open, sealed) = (BlobID(random: place.random), BlobID(random: place.random))
    _ = try await store.makeBlob(member.place(open))
    try await store.put(member.part(1), 0, member.place(open))
    _ = try await store.blob(sealed, [member.part(2)], member)
    func days(_ count: Int) async throws {
      for _ in 0..<count { try await place.beginDay(store, moved) }
    }
    try await days(7)
    #expect(try place.files().parts == 2)
    try await days(2)
    #expect(try await place.wait(store, moved) { try place.files().parts == 1 })
    await #expect(throws: RelayError.refused(.trimmed)) {
      try await store.makeBlob(member.place(open))
    }
    #expect(try await store.read(member.place(sealed)).count == 1 << 20)
    // The horizon begins to move when it is ten days behind.
    try await days(5)
    #expect(try await place.wait(store, moved) { try place.files().parts == 0 })
    await #expect(throws: RelayError.refused(.trimmed)) {
      try await store.read(member.place(sealed))
    }
  }

  @Test func `a file that is on its way is not swept, and one without a row is`() async throws {
    let place = try TemporaryStore()
    // It sweeps for itself at its start, and would know nothing of this file.
    try place.open().stop()
    let files = BlobFiles(of: place.path)
    let sweeper = BlobSweeper(files, ReleasedFiles(), store: place.path)
    let reader = try SQLiteRelayStore.openReader(place.path)
    defer { try? reader.close() }
    let part = try files.begin()
    try part.write([UInt8](repeating: 1, count: PartIndex.partLength))
    let hash = try files.place(part, day: 20_000)
    #expect(hash.bytes == Digest.sha256([UInt8](repeating: 1, count: PartIndex.partLength)))
    let attributes = try FileManager.default.attributesOfItem(atPath: files.path(part.name))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    #expect(
      (attributes[.modificationDate] as? Date) == Date(timeIntervalSince1970: 20_000 * 86_400))
    try sweeper.sweep(try files.names(), reader)
    #expect(try place.files().parts == 1)
    files.settle(part)
    try files.forEachSlice(of: 1) { try sweeper.sweep($0, reader) }
    #expect(try place.files().parts == 0)
  }
}
