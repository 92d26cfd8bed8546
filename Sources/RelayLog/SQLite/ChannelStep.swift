// SPDX-License-Identifier: Apache-2.0

import GRDB
import Primitives
import RelayProtocol

/// The beginning and the end of a channel inside the writer's transaction.
enum ChannelStep {
  static func create(
    _ channel: NewChannel, _ postage: PostageSpending?, _ memory: WriterMemory,
    in database: Database
  ) throws -> WriterJob.Outcome {
    let first = channel.token.bytes + channel.turn.bytes
    let known = try PreparedStatement(
      "SELECT first, class, expires, state FROM channel WHERE id = ?", in: database
    ).first(.value(channel.id)) { row in
      (
        // A closed one opens to nobody, and to create it is not success.
        isSame: constantTimeEquals(row.bytes(0), first)
          && row.integer(1) == (channel.kind == .intake ? 0 : 1) && row.integer(3) == 0,
        expires: row.isNull(2) ? nil : row.integer(2)
      )
    }
    let payment = try PostageStep.look(postage, memory.policy, in: database)
    switch Judgement.judge(
      create: known.map { $0.isSame ? .same : .other } ?? .none, payment,
      isDiskLow: memory.isDiskLow)
    {
    case .refuse(let error): return WriterJob.Outcome(result: .failure(error))
    case .grantedBefore:
      return WriterJob.Outcome(
        result: .success(nil), isNew: false, expires: known?.expires,
        payment: payment == .again ? .again : nil)
    case .grant: break
    }
    try PostageStep.spend(postage, payment, in: database)
    let expires = memory.day + ChannelLimits.of(channel.kind).days
    try PreparedStatement(
      """
      INSERT INTO channel (id, first, token, turn, head, chain, class, expires)
      VALUES (?, ?, ?, ?, 0, ?, ?, ?)
      """, in: database
    ).execute(
      .value(channel.id), .blob(first), .value(channel.token), .value(channel.turn),
      .value(ChainHash.founding(channel.id)), .kind(channel.kind), .integer(expires))
    return WriterJob.Outcome(result: .success(nil), expires: expires, payment: payment)
  }

  /// The row of a closed channel stays for a time, so that closing again is success; its log goes, a
  /// long one in slices.
  static func close(
    _ id: ChannelID, _ token: TokenHash, _ turn: TurnHash, _ memory: WriterMemory,
    in database: Database
  ) throws -> WriterJob.Outcome {
    guard let channel = try StoredChannel.find(id, in: database) else {
      return WriterJob.Outcome(result: .failure(.refused(.noSuchChannel)))
    }
    switch Judgement.judge(
      close: token, turn, channel.row, access: try channel.access(token, in: database))
    {
    case .refuse(let error): return WriterJob.Outcome(result: .failure(error))
    case .closedBefore: return WriterJob.Outcome(result: .success(nil), isNew: false)
    case .close: break
    }
    try Housekeeping.close(channel.number, day: memory.day, database)
    if try Housekeeping.empty(channel.number, memory, database) {
      memory.toEmpty.append(channel.number)
    }
    return WriterJob.Outcome(result: .success(nil), touched: id)
  }
}
