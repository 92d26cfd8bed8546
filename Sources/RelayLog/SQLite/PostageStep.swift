// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// Postage inside the writer's transaction: it is spent together with what it buys, or not at all.
enum PostageStep {
  /// What a store of a version without postage lacks.
  static let tables = """
    CREATE TABLE postage (
      keyid BLOB NOT NULL CHECK (length(keyid) = 32),
      nullifier BLOB NOT NULL CHECK (length(nullifier) = 32),
      purpose BLOB NOT NULL CHECK (length(purpose) = 32),
      PRIMARY KEY (keyid, nullifier)
    ) STRICT, WITHOUT ROWID;
    """

  static func look(
    _ spending: PostageSpending?, _ policy: StorePolicy, in database: Database
  ) throws -> Judgement.Payment {
    guard policy.requiresPostage else { return .free }
    guard let spending else { return .missing }
    let purpose: PostagePurpose? = try PreparedStatement(
      "SELECT purpose FROM postage WHERE keyid = ? AND nullifier = ?", in: database
    ).first(.value(spending.key), .value(spending.nonce)) { try $0.value(0) }
    guard let purpose else { return .fresh }
    return purpose == spending.purpose ? .again : .spent
  }

  /// Notes that a token is spent, if there is one that was not.
  static func spend(
    _ spending: PostageSpending?, _ payment: Judgement.Payment, in database: Database
  ) throws {
    guard let spending, payment == .fresh else { return }
    try PreparedStatement(
      "INSERT INTO postage (keyid, nullifier, purpose) VALUES (?, ?, ?)", in: database
    ).execute(.value(spending.key), .value(spending.nonce), .value(spending.purpose))
  }

  /// Gives a channel as much time again as its class has.
  static func extend(
    _ id: ChannelID, _ token: TokenHash, _ spending: PostageSpending?, _ memory: WriterMemory,
    in database: Database
  ) throws -> WriterJob.Outcome {
    let channel = try StoredChannel.find(id, in: database)
    let payment = try look(spending, memory.policy, in: database)
    let verdict = Judgement.judge(
      extend: channel?.row, access: try channel?.access(token, in: database) ?? .none, payment,
      isDiskLow: memory.isDiskLow)
    switch verdict {
    case .refuse(let error): return WriterJob.Outcome(result: .failure(error))
    case .grantedBefore:
      return WriterJob.Outcome(
        result: .success(nil), isNew: false, expires: channel?.expires, payment: payment)
    case .grant: break
    }
    guard let channel else { return WriterJob.Outcome(result: .failure(.refused(.noSuchChannel))) }
    let expires = max(
      channel.expires ?? 0, memory.day + ChannelLimits.of(channel.row.kind).days)
    try PreparedStatement("UPDATE channel SET expires = ? WHERE ch = ?", in: database)
      .execute(.integer(expires), .integer(channel.number))
    try spend(spending, payment, in: database)
    return WriterJob.Outcome(result: .success(nil), expires: expires, payment: payment)
  }
}
