// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// One append inside the writer's transaction.
enum AppendStep {
  static func perform(
    _ job: AppendJob, _ memory: WriterMemory, in database: Database
  ) throws -> Verdict {
    let stored = try StoredChannel.find(job.channel, in: database)
    let access = try stored?.access(job.token, in: database) ?? .none
    let evidence = Judgement.Evidence(
      channel: stored?.row, access: access,
      seen: try stored.flatMap { try seen(job.id, in: $0, database) },
      // It costs as much as the channel has turned, which is for none but its members.
      namesUsedHash: try access == .current
        && stored.map { try namesUsedHash(job.named, in: $0, database) } ?? false,
      circumstances: stored.map { memory.circumstances(of: $0.number, access) } ?? Circumstances())
    let verdict = Judgement.judge(job, evidence)
    guard let stored, access != .none else { return verdict }
    if case .append(let at) = verdict {
      try write(job, at, stored, memory.day, database)
      memory.rates.take(stored.number, turns: job.turn != nil, now: memory.now)
    } else if !evidence.circumstances.isOverRepeats {
      memory.rates.takeRepeat(stored.number, access, now: memory.now)
    }
    return verdict
  }

  private static func seen(
    _ id: EnvelopeID, in channel: StoredChannel, _ database: Database
  ) throws -> (at: LogAt, entry: EntryHash)? {
    try PreparedStatement(
      "SELECT seq, chain, hash FROM entry WHERE ch = ? AND eid = ?", in: database
    ).first(.integer(channel.number), .value(id)) { row in
      (LogAt(position: try row.position(0), chain: try row.value(1)), try row.value(2))
    }
  }

  private static func namesUsedHash(
    _ named: NamedHashes, in channel: StoredChannel, _ database: Database
  ) throws -> Bool {
    guard let token = named.token, let turn = named.turn else { return false }
    let names = [Array(token.bytes), Array(turn.bytes)]
    if names[0] == names[1] || names.contains(Array(channel.row.token.bytes))
      || names.contains(Array(channel.row.turn.bytes))
    {
      return true
    }
    // What a turn has shown is known to all who were there: as a lock it would open to them again.
    return try PreparedStatement(
      """
      SELECT 1 FROM channel WHERE ch = ?1 AND
        (substr(first, 1, 32) IN (?2, ?3) OR substr(first, 33, 32) IN (?2, ?3))
      UNION ALL
      SELECT 1 FROM retired WHERE ch = ?1 AND token IN (?2, ?3)
      UNION ALL
      SELECT 1 FROM retired JOIN entry ON entry.ch = ?1 AND entry.seq = retired.last
        WHERE retired.ch = ?1
        AND (substr(entry.next, 1, 32) IN (?2, ?3) OR substr(entry.next, 33, 32) IN (?2, ?3))
      LIMIT 1
      """, in: database
    ).first(.integer(channel.number), .blob(names[0]), .blob(names[1])) { _ in true } != nil
  }

  private static func write(
    _ job: AppendJob, _ at: LogAt, _ channel: StoredChannel, _ day: Int64, _ database: Database
  ) throws {
    let number = PreparedStatement.Value.integer(channel.number)
    let seq = PreparedStatement.Value.position(at.position)
    let size = PreparedStatement.Value.integer(Int64(job.envelope.count))
    // An intake ends on the day that was set when it was made.
    let expires = PreparedStatement.Value.integer(
      channel.row.kind == .intake
        ? channel.expires ?? day
        : max(channel.expires ?? 0, day + ChannelLimits.of(channel.row.kind).days))
    try PreparedStatement(
      "INSERT INTO body (ch, seq, day, spine, data) VALUES (?, ?, ?, ?, ?)", in: database
    ).execute(
      number, seq, .integer(day), .integer(job.named.isEmpty ? 0 : 1), .blob(job.envelope))
    let pos = database.lastInsertedRowID
    try PreparedStatement(
      """
      INSERT INTO entry (ch, seq, eid, hash, chain, next, size, pos)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """, in: database
    ).execute(
      number, seq, .value(job.id), .value(job.entry), .value(at.chain), .blob(job.named.bytes),
      size, .integer(pos))
    guard let token = job.named.token, let turn = job.named.turn else {
      return try PreparedStatement(
        """
        UPDATE channel SET head = ?, chain = ?, envelopes = envelopes + 1, bytes = bytes + ?,
          expires = ? WHERE ch = ?
        """, in: database
      ).execute(seq, .value(at.chain), size, expires, number)
    }
    try PreparedStatement(
      "INSERT INTO retired (ch, token, last) VALUES (?, ?, ?)", in: database
    ).execute(number, .value(channel.row.token), seq)
    try PreparedStatement(
      """
      UPDATE channel SET head = ?, chain = ?, envelopes = envelopes + 1, bytes = bytes + ?,
        expires = ?, token = ?, turn = ? WHERE ch = ?
      """, in: database
    ).execute(seq, .value(at.chain), size, expires, .value(token), .value(turn), number)
  }
}
