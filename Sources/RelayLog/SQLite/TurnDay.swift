// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// The day on which a turn was taken: its body is kept as long as the channel.
enum TurnDay {
  /// UTC day since 1970; nil for what is not there.
  static func find(
    _ channel: ChannelID, _ position: Position, in database: Database
  ) throws -> Int64? {
    try PreparedStatement(
      """
      SELECT body.day FROM channel
        JOIN entry ON entry.ch = channel.ch AND entry.seq = ?
        JOIN body ON body.pos = entry.pos AND body.ch = entry.ch AND body.seq = entry.seq
      WHERE channel.id = ?
      """, in: database
    ).first(.position(position), .value(channel)) { $0.integer(0) }
  }
}
