// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// One wish about a blob: what the store says of it, and what the writer does about it.
enum BlobStep {
  /// The rows that a wish is about.
  struct Found {
    let channel: StoredChannel?
    let blob: StoredBlob?
    /// The file of the part that lies in the place of the one that is wished for.
    let part: PartName?
    let verdict: BlobVerdict
  }

  /// Judges, in a reader's snapshot or in the writer's transaction.
  static func judge(
    _ wish: BlobWish, _ place: BlobPlace, in database: Database,
    circumstances: (StoredChannel) -> Circumstances
  ) throws -> Found {
    let channel = try StoredChannel.find(place.channel, in: database)
    let blob = try channel.flatMap { try StoredBlob.find(place.blob, in: $0, database) }
    var evidence = BlobJudgement.Evidence(
      channel: channel?.row, access: try channel?.access(place.token, in: database) ?? .none,
      blob: blob?.stage, circumstances: channel.map(circumstances) ?? Circumstances())
    var part: PartName?
    switch wish {
    case .part(let index, _):
      let found = try blob?.part(index, database)
      evidence.found = found?.hash
      part = found?.name
    case .seal where blob?.stage == .open: evidence.collected = try blob?.collected(database)
    default: break
    }
    if let channel {
      try PreparedStatement("SELECT blob_bytes, blobs FROM channel WHERE ch = ?", in: database)
        .first(.integer(channel.number)) { row in
          evidence.blobBytes = UInt64(clamping: row.integer(0))
          evidence.blobs = UInt64(clamping: row.integer(1))
        }
    }
    return Found(
      channel: channel, blob: blob, part: part, verdict: BlobJudgement.judge(wish, evidence))
  }

  /// - Parameter name: of the file in which a part lies already.
  static func perform(
    _ wish: BlobWish, _ place: BlobPlace, name: PartName? = nil, _ memory: WriterMemory,
    in database: Database
  ) throws -> WriterJob.Outcome {
    let found = try judge(wish, place, in: database) { memory.circumstances(of: $0.number) }
    switch found.verdict {
    case .refuse(let error): return WriterJob.Outcome(result: .failure(error))
    case .already:
      return WriterJob.Outcome(
        result: .success(nil), isNew: false,
        blob: wish == .make ? try found.blob?.state(database) : nil, part: found.part)
    case .proceed: break
    }
    var outcome = WriterJob.Outcome(result: .success(nil))
    switch (wish, found.channel, found.blob) {
    case (.make, let channel?, nil):
      try PreparedStatement("INSERT INTO blob (ch, id, day) VALUES (?, ?, ?)", in: database)
        .execute(.integer(channel.number), .value(place.blob), .integer(memory.day))
      try PreparedStatement("UPDATE channel SET blobs = blobs + 1 WHERE ch = ?", in: database)
        .execute(.integer(channel.number))
      memory.rates.take(channel.number, turns: false, now: memory.now)
      outcome.blob = .open(PartSet())
    case (.part(let index, let hash?), let channel?, let blob?):
      guard let name else { throw RelayStoreError.integrity }
      try PreparedStatement(
        "INSERT INTO part (b, idx, hash, size, name) VALUES (?, ?, ?, ?, ?)", in: database
      ).execute(
        .integer(blob.number), .integer(Int64(index.value)), .value(hash),
        .integer(Int64(PartIndex.partLength)), .blob(name.bytes))
      try PreparedStatement(
        "UPDATE channel SET blob_bytes = blob_bytes + ? WHERE ch = ?", in: database
      ).execute(.integer(Int64(PartIndex.partLength)), .integer(channel.number))
    case (.seal(let seal), let channel?, let blob?):
      try PreparedStatement(
        "UPDATE blob SET parts = ?, hash = ?, sealed_at = ?, day = ? WHERE b = ?", in: database
      ).execute(
        .integer(Int64(seal.parts)), .value(seal.hash), .position(channel.row.head.position),
        .integer(memory.day), .integer(blob.number))
    case (.delete, _, let blob?):
      try BlobHousekeeping.takeAway(blob.number, memory, database)
    case (.part(_, nil), let channel?, _):
      // Of one that is there already, before its bytes are read again.
      memory.rates.takeRepeat(channel.number, .current, now: memory.now)
    default: break
    }
    return outcome
  }
}
