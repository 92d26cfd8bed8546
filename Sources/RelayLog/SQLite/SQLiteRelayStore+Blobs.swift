// SPDX-License-Identifier: Apache-2.0

import GRDB
package import RelayProtocol

extension SQLiteRelayStore {
  package func makeBlob(
    _ place: BlobPlace
  ) async throws(RelayError) -> (state: BlobState, isNew: Bool) {
    // A reader tells of what is there: only what is new costs the writer anything.
    let known = try await judge(.make, place) { found, database in
      found.verdict == .already ? try found.blob?.state(database) : nil
    }
    if let known { return (known, false) }
    let outcome = try await perform(.make, place)
    guard let state = outcome.blob else { throw .outcomeUnknown }
    return (state, outcome.isNew)
  }

  package func blobState(_ place: BlobPlace) async throws(RelayError) -> BlobState {
    let state = try await look(.look, place) { blob, database in try blob.state(database) }
    guard let state else { throw .refused(.noSuchBlob) }
    return state
  }

  package func putPart(
    _ place: BlobPlace, _ index: PartIndex,
    receive: ((_ piece: [UInt8]) async throws -> Void) async throws -> Void
  ) async throws {
    // Whoever may not put it here is told so before the bytes are read.
    let isThere = try await judge(.part(index, nil), place) { found, _ in found.part != nil }
    if isThere { _ = try await perform(.part(index, nil), place) }
    let (files, threads) = (blobs, threads)
    let part = try await threads.run { () throws(RelayError) in try files.begin() }
    do {
      try await receive { piece in
        try await threads.run { () throws(RelayError) in try part.write(piece) }
      }
      let day = surroundings.day
      let hash = try await threads.run { () throws(RelayError) in
        try files.place(part, day: day)
      }
      if let known = try await perform(.part(index, hash), place, name: part.name).part {
        // It was there already, in another file: if that one was lost or damaged, it is whole again.
        try await threads.run { () throws(RelayError) in try files.replace(known, by: part) }
      } else {
        files.settle(part)
      }
    } catch RelayError.refused(.outcomeUnknown) {
      // There may be a row for it that only the next process finds: until then it is on its way.
      part.close()
      throw RelayError.refused(.outcomeUnknown)
    } catch {
      await threads.run { files.discard(part) }
      throw error
    }
  }

  package func sealBlob(_ place: BlobPlace, _ seal: BlobSeal) async throws(RelayError) {
    // Hashes are collected by a reader first: a seal that does not fit costs the writer nothing.
    try await look(.seal(seal), place) { _, _ in }
    _ = try await perform(.seal(seal), place)
  }

  package func readBlob(
    _ place: BlobPlace,
    select: @escaping @Sendable (UInt64) throws(RelayError) -> Range<UInt64>
  ) async throws(RelayError) -> BlobContents {
    let (files, threads) = (blobs, threads)
    return try await look(.read, place) { blob, database in
      guard case .sealed(let seal, _) = blob.stage else { throw RelayError.refused(.unsealed) }
      let range = try select(seal.length)
      return BlobContents(
        range, of: seal, names: try blob.names(BlobContents.parts(of: range), database),
        files: files, threads: threads)
    }
  }

  package func deleteBlob(_ place: BlobPlace) async throws(RelayError) {
    _ = try await perform(.delete, place)
  }

  /// What all blobs of the store at `path` take, in bytes; also while a relay serves it.
  package static func blobBytes(path: String) -> Int64? {
    guard StoreFile.exists(path) else { return nil }
    return try? openReader(path).read { database in
      guard try RelaySchema.hasBlobs(database) else { return 0 }
      let count = try Int64.fetchOne(database, sql: "SELECT count(*) FROM part") ?? 0
      return count * Int64(PartIndex.partLength)
    }
  }

  // MARK: Inside

  private func perform(
    _ wish: BlobWish, _ place: BlobPlace, name: PartName? = nil
  ) async throws(RelayError) -> WriterJob.Outcome {
    let outcome = try await writer.perform(cost: 256, for: place.token) { database, memory in
      try BlobStep.perform(wish, place, name: name, memory, in: database)
    }
    _ = try outcome.result.get()
    return outcome
  }

  /// Judges a wish about a blob that is there in a reader's snapshot, and answers from the same.
  private func look<Answer: Sendable>(
    _ wish: BlobWish, _ place: BlobPlace,
    _ body: @escaping @Sendable (StoredBlob, Database) throws -> Answer
  ) async throws(RelayError) -> Answer {
    try await judge(wish, place) { found, database in
      guard let blob = found.blob else { throw RelayError.refused(.noSuchBlob) }
      return try body(blob, database)
    }
  }

  private func judge<Answer: Sendable>(
    _ wish: BlobWish, _ place: BlobPlace,
    _ body: @escaping @Sendable (BlobStep.Found, Database) throws -> Answer
  ) async throws(RelayError) -> Answer {
    guard writer.isLogFresh else { throw .refused(.unavailable) }
    do {
      return try await reader.read { [policy, surroundings] database in
        // Here, on the reader's thread: a disk may keep waiting also who asks how much is free.
        var circumstances = Circumstances()
        circumstances.isDiskLow = surroundings.freeBytes() < policy.freeBytes
        let found = try BlobStep.judge(wish, place, in: database) { _ in circumstances }
        if case .refuse(let error) = found.verdict { throw error }
        return try body(found, database)
      }
    } catch let error as RelayError {
      throw error
    } catch {
      throw .refused(.unavailable)
    }
  }
}
