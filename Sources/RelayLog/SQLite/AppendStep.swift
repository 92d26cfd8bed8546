// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// One append inside the writer's transaction.
enum AppendStep {
  static func perform(_ job: AppendJob, day: Int64, in database: Database) throws -> Verdict {
    let stored = try StoredChannel.find(job.channel, in: database)
    let evidence = Judgement.Evidence(
      channel: stored?.row,
      access: try stored?.access(job.token, in: database) ?? .none,
      seen: try stored.flatMap { try seen(job.id, in: $0, database) },
      namesUsedHash: try stored.map { try namesUsedHash(job.named, in: $0, database) } ?? false)
    let verdict = Judgement.judge(job, evidence)
    if case .append(let at) = verdict, let stored {
      try write(job, at, stored, day, database)
    }
    return verdict
  }

  private static func seen(
    _ id: EnvelopeID, in channel: StoredChannel, _ database: Database
  ) throws -> (at: LogAt, entry: EntryHash)? {
    let statement = try database.cachedStatement(
      sql: "SELECT seq, chain, hash FROM entry WHERE ch = ? AND eid = ?")
    let row = try Row.fetchOne(
      statement, arguments: [channel.number, Columns.data(id.bytes)])
    return try row.map { row in
      (
        LogAt(position: try Columns.position(row, 0), chain: try Columns.value(row, 1)),
        try Columns.value(row, 2)
      )
    }
  }

  private static func namesUsedHash(
    _ named: NamedHashes, in channel: StoredChannel, _ database: Database
  ) throws -> Bool {
    guard let token = named.token, let turn = named.turn else { return false }
    if token == channel.row.token || turn == channel.row.turn { return true }
    return try channel.lastPosition(ofRetired: token, in: database) != nil
  }

  private static func write(
    _ job: AppendJob, _ at: LogAt, _ channel: StoredChannel, _ day: Int64, _ database: Database
  ) throws {
    let seq = Columns.integer(at.position)
    try database.cachedStatement(
      sql: "INSERT INTO body (ch, seq, day, spine, data) VALUES (?, ?, ?, ?, ?)"
    ).execute(
      arguments: [
        channel.number, seq, day, job.named.isEmpty ? 0 : 1, Columns.data(job.envelope),
      ])
    let pos = database.lastInsertedRowID
    try database.cachedStatement(
      sql: """
        INSERT INTO entry (ch, seq, eid, hash, chain, next, size, pos)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        channel.number, seq, Columns.data(job.id.bytes), Columns.data(job.entry.bytes),
        Columns.data(at.chain.bytes), Columns.data(job.named.bytes), job.envelope.count, pos,
      ])
    guard let token = job.named.token, let turn = job.named.turn else {
      try database.cachedStatement(
        sql: """
          UPDATE channel SET head = ?, chain = ?, envelopes = envelopes + 1, bytes = bytes + ?
          WHERE ch = ?
          """
      ).execute(
        arguments: [seq, Columns.data(at.chain.bytes), job.envelope.count, channel.number])
      return
    }
    try database.cachedStatement(
      sql: "INSERT INTO retired (ch, token, last) VALUES (?, ?, ?)"
    ).execute(arguments: [channel.number, Columns.data(channel.row.token.bytes), seq])
    try database.cachedStatement(
      sql: """
        UPDATE channel SET head = ?, chain = ?, envelopes = envelopes + 1, bytes = bytes + ?,
          token = ?, turn = ? WHERE ch = ?
        """
    ).execute(
      arguments: [
        seq, Columns.data(at.chain.bytes), job.envelope.count, Columns.data(token.bytes),
        Columns.data(turn.bytes), channel.number,
      ])
  }
}
