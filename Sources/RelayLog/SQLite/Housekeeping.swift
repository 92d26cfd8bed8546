// SPDX-License-Identifier: Apache-2.0

import GRDB
import RelayProtocol

/// What the writer clears away between batches, in slices: bodies past their days, channels past
/// theirs, and the logs of channels that were closed.
///
/// It gets a tenth of the writer's time: after a slice it rests nine times as long as the slice took,
/// its commit and flush included. A process that was halted in the middle of one does not rest for hours.
final class Housekeeping {
  /// Rows of one slice.
  static let slice: Int64 = 128
  /// What the bodies of one slice may come to, in bytes, as far as whole bodies can: they are overwritten.
  static let sliceBytes: Int64 = 4 << 20
  /// A closed channel is remembered so long, so that closing again is success, in days.
  static let closedDays: Int64 = 30
  /// The longest rest, in milliseconds.
  static let longestRest: Int64 = 60_000

  /// How far it has come, by the transactions that have ended well.
  private struct Progress {
    var horizon: RetentionHorizon
    /// How far the look for days that have not come has gone, from the newest body back: after a start, and
    /// when the clock is right again by itself. Nil when it is done.
    var stamps: Int64?
    /// How far this day's round has come; nil when it is done.
    var bodies: Int64? = 0
    var channels: Int64? = 0
    var blobs: Int64? = 0
    /// Bodies, channels and blobs that went since it was asked last.
    var cleared = 0
    /// Channels whose days were over since it was asked last.
    var closed: Set<ChannelID> = []
  }

  /// What a slice came to.
  private enum Slice {
    case nothing, some
    /// Nothing is left of the last one on its list.
    case emptied, stripped
    case recovered
  }

  /// A channel of which there is more than its row.
  private static let isFull = """
    (EXISTS (SELECT 1 FROM entry WHERE entry.ch = channel.ch)
      OR EXISTS (SELECT 1 FROM blob WHERE blob.ch = channel.ch)
      OR EXISTS (SELECT 1 FROM retired WHERE retired.ch = channel.ch))
    """

  private let memory: WriterMemory
  private var progress: Progress
  private var restUntil: Int64 = 0

  var horizon: RetentionHorizon { progress.horizon }

  init(_ memory: WriterMemory, in database: Database) throws {
    self.memory = memory
    if let known = try StoreValues.horizon(database) {
      progress = Progress(horizon: known, stamps: .max)
    } else {
      progress = Progress(horizon: RetentionHorizon(lastDay: memory.day, day: memory.day))
      try StoreValues.setHorizon(progress.horizon, database)
    }
    memory.lastDay = progress.horizon.lastDay
    memory.toStrip = try BlobHousekeeping.leftovers(database)
    try PreparedStatement("SELECT ch FROM channel WHERE state = 1 AND \(Self.isFull)", in: database)
      .each([]) { row in
        memory.toEmpty.append(row.integer(0))
        return true
      }
  }

  /// Whether something is left to clear away, though it may have to rest first.
  var hasWork: Bool {
    memory.hasLeftovers || (horizon.isTrusted && isRoundDue)
      || horizon.isNews(memory.clockDay) || memory.recoveringUntil.map { $0 <= memory.now } ?? false
  }

  private var isRoundDue: Bool {
    (progress.stamps ?? progress.bodies ?? progress.channels ?? progress.blobs) != nil
  }

  /// Milliseconds until there is something to do, at most a minute; a second where only the log is to be emptied.
  var pause: Int64 {
    let now = memory.surroundings.ticks()
    var pause: Int64 = 60_000
    if hasWork, horizon.isTrusted || memory.hasLeftovers {
      pause = min(pause, restUntil - now)
    } else if memory.emptyLogBy != nil {
      pause = 1_000
    }
    if let end = memory.emptyLogBy { pause = min(pause, end - now) }
    return max(0, pause)
  }

  /// How many days retention is behind where the clock and the policy would have it.
  var lag: Int64 {
    guard let days = memory.policy.retentionDays else { return 0 }
    // Until the round of a day is done, what it takes is still there.
    return max(
      0, horizon.lag(on: memory.clockDay, keeping: days) + (progress.bodies == nil ? 0 : 1))
  }

  /// How many rows went since the last call.
  func takeCleared() -> Int {
    defer { progress.cleared = 0 }
    return progress.cleared
  }

  /// Which channels were closed since the last call, because their days were over.
  func takeClosed() -> Set<ChannelID> {
    defer { progress.closed = [] }
    return progress.closed
  }

  /// Whether a slice may be done now.
  var isDue: Bool { hasWork && memory.now >= restUntil }

  /// One slice, in a transaction of its own. One that comes to nothing is done again after a second.
  func step(_ database: Database) throws {
    let before = progress
    var slice = Slice.nothing
    let start = memory.surroundings.ticks()
    do {
      try memory.inTransaction(database) {
        slice = try take(database)
        return slice == .nothing ? .rollback : .commit
      }
    } catch {
      progress = before
      restUntil = memory.surroundings.ticks() + 1_000
      throw error
    }
    let end = memory.surroundings.ticks()
    restUntil = end + min(Self.longestRest, 9 * max(1, end - start))
    // Only now is it certain.
    switch slice {
    case .emptied: memory.toEmpty.removeLast()
    case .stripped: memory.toStrip.removeLast()
    case .recovered: memory.recoveringUntil = nil
    case .nothing, .some: break
    }
  }

  private func take(_ database: Database) throws -> Slice {
    if memory.recoveringUntil != nil, !memory.isRecovering {
      try StoreValues.setRecovering(false, database)
      return .recovered
    }
    let wasTrusted = horizon.isTrusted
    let isNewDay = progress.horizon.see(memory.clockDay, keeping: memory.policy.retentionDays)
    let isRightAgain = horizon.isTrusted && !wasTrusted
    if isNewDay || isRightAgain {
      try StoreValues.setHorizon(progress.horizon, database)
      memory.lastDay = horizon.lastDay
      progress = Progress(
        horizon: horizon, stamps: isRightAgain ? .max : progress.stamps, cleared: progress.cleared,
        closed: progress.closed)
      return .some
    }
    if let channel = memory.toEmpty.last {
      return try Self.empty(channel, memory, database) ? .some : .emptied
    }
    if let blob = memory.toStrip.last {
      return try BlobHousekeeping.strip(blob, memory, database) ? .some : .stripped
    }
    guard horizon.isTrusted else { return .nothing }
    if let cursor = progress.stamps {
      progress.stamps = try restamp(before: cursor, database)
    } else if let cursor = progress.bodies {
      progress.bodies = try trim(after: cursor, database)
    } else if let cursor = progress.channels {
      progress.channels = try expire(after: cursor, database)
    } else if let cursor = progress.blobs {
      let before = memory.toStrip.count
      progress.blobs = try BlobHousekeeping.expire(after: cursor, horizon, memory, database)
      progress.cleared += memory.toStrip.count - before
    }
    return .some
  }

  /// Bodies with a day that has not come were written while the clock ran ahead: they are of today at the
  /// latest. As they stand they would stay for years, and the first of them would end every round of
  /// ``trim(after:_:)``. Turns do not go, and their day stands in receipts. Where the next slice goes on, or
  /// nil at the end.
  private func restamp(before cursor: Int64, _ database: Database) throws -> Int64? {
    var last: Int64?
    var bytes: Int64 = 0
    var ahead: [Int64] = []
    // They are in one piece; what is right again since may lie behind them.
    let oldest = horizon.lastDay - RetentionHorizon.longestStep
    try PreparedStatement(
      """
      SELECT pos, day, length(data), spine FROM body WHERE pos < ? ORDER BY pos DESC LIMIT ?
      """, in: database
    ).each([.integer(cursor), .integer(Self.slice)]) { row in
      guard row.integer(1) >= oldest else {
        last = nil
        return false
      }
      last = row.integer(0)
      if row.integer(1) > horizon.lastDay, row.integer(3) == 0 {
        ahead.append(row.integer(0))
        bytes += row.integer(2)
      }
      return bytes < Self.sliceBytes
    }
    for pos in ahead {
      try PreparedStatement("UPDATE body SET day = ? WHERE pos = ?", in: database)
        .execute(.integer(horizon.lastDay), .integer(pos))
    }
    return last
  }

  /// Deletes bodies of days that are past; where the next slice goes on, or nil at the end.
  private func trim(after cursor: Int64, _ database: Database) throws -> Int64? {
    var last: Int64?
    var bytes: Int64 = 0
    var gone: [(pos: Int64, ch: Int64, seq: Int64, size: Int64)] = []
    // Positions are in the order of arrival, and so are days: the first young one is the end. A turn stays, and
    // may have been dated ahead.
    try PreparedStatement(
      """
      SELECT pos, ch, seq, day, spine, length(data),
        EXISTS (SELECT 1 FROM channel WHERE channel.ch = body.ch AND class = 0)
      FROM body WHERE pos > ? ORDER BY pos LIMIT ?
      """, in: database
    ).each([.integer(cursor), .integer(Self.slice)]) { row in
      let isTurn = row.integer(4) != 0
      guard isTurn || row.integer(3) < horizon.day else {
        last = nil
        return false
      }
      last = row.integer(0)
      // An intake is read whole and ends as a whole, days after its first envelope.
      if !isTurn, row.integer(6) == 0 {
        gone.append((row.integer(0), row.integer(1), row.integer(2), row.integer(5)))
        bytes += row.integer(5)
      }
      return bytes < Self.sliceBytes
    }
    for body in gone {
      try PreparedStatement("DELETE FROM body WHERE pos = ?", in: database)
        .execute(.integer(body.pos))
      try PreparedStatement(
        "UPDATE entry SET pos = NULL WHERE ch = ? AND seq = ? AND pos = ?", in: database
      ).execute(.integer(body.ch), .integer(body.seq), .integer(body.pos))
      // The channel may hold as much again.
      try PreparedStatement(
        "UPDATE channel SET bytes = max(0, bytes - ?) WHERE ch = ?", in: database
      )
      .execute(.integer(body.size), .integer(body.ch))
    }
    progress.cleared += gone.count
    if !gone.isEmpty { memory.noteErasure() }
    return last
  }

  /// Closes channels past their days, and forgets those that were closed long ago. None has more days than
  /// from today: one that has got them while the clock ran ahead.
  private func expire(after cursor: Int64, _ database: Database) throws -> Int64? {
    var last: Int64?
    var closing: [Int64] = []
    var forgotten: [Int64] = []
    var ahead: [(channel: Int64, expires: Int64)] = []
    try PreparedStatement(
      "SELECT ch, state, expires, class, id FROM channel WHERE ch > ? ORDER BY ch LIMIT ?",
      in: database
    ).each([.integer(cursor), .integer(Self.slice)]) { row in
      let channel = row.integer(0)
      let isOpen = row.integer(1) == 0
      last = channel
      guard !row.isNull(2) else { return true }
      let days = isOpen ? ChannelLimits.of(row.kind(3)).days : Self.closedDays
      if row.integer(2) > horizon.lastDay + days {
        ahead.append((channel, horizon.lastDay + days))
      } else if row.integer(2) < horizon.lastDay {
        if isOpen {
          closing.append(channel)
          progress.closed.insert(try row.value(4))
        } else {
          forgotten.append(channel)
        }
      }
      return true
    }
    for row in ahead {
      try PreparedStatement("UPDATE channel SET expires = ? WHERE ch = ?", in: database)
        .execute(.integer(row.expires), .integer(row.channel))
    }
    for channel in closing {
      try Self.close(channel, day: horizon.lastDay, database)
      memory.toEmpty.append(channel)
    }
    for channel in forgotten {
      // Its number may be another channel's afterwards: nothing of it may be left.
      try PreparedStatement("DELETE FROM channel WHERE ch = ? AND NOT \(Self.isFull)", in: database)
        .execute(.integer(channel))
      if database.changesCount == 1 {
        progress.cleared += 1
      } else {
        memory.toEmpty.append(channel)
      }
    }
    return last
  }

  /// From here on the channel opens to nobody; what lies in it goes afterwards.
  static func close(_ channel: Int64, day: Int64, _ database: Database) throws {
    try PreparedStatement("UPDATE channel SET state = 1, expires = ? WHERE ch = ?", in: database)
      .execute(.integer(day + closedDays), .integer(channel))
  }

  /// Deletes some of what a closed channel holds; false when nothing is left.
  static func empty(
    _ channel: Int64, _ memory: WriterMemory, _ database: Database
  ) throws -> Bool {
    // Asked here: the transaction that closed it may have been rolled back.
    let isClosed = try PreparedStatement("SELECT state FROM channel WHERE ch = ?", in: database)
      .first(.integer(channel)) { $0.integer(0) == 1 }
    guard isClosed == true else { return false }
    var rows: [(seq: Int64, pos: Int64?)] = []
    var bytes: Int64 = 0
    try PreparedStatement("SELECT seq, pos, size FROM entry WHERE ch = ? LIMIT ?", in: database)
      .each([.integer(channel), .integer(slice)]) { row in
        rows.append((row.integer(0), row.isNull(1) ? nil : row.integer(1)))
        bytes += row.integer(2)
        return bytes < sliceBytes
      }
    for row in rows {
      if let pos = row.pos {
        try PreparedStatement("DELETE FROM body WHERE pos = ? AND ch = ?", in: database)
          .execute(.integer(pos), .integer(channel))
      }
      try PreparedStatement("DELETE FROM entry WHERE ch = ? AND seq = ?", in: database)
        .execute(.integer(channel), .integer(row.seq))
    }
    if !rows.isEmpty { memory.noteErasure() }
    if rows.count == slice || bytes >= sliceBytes { return true }
    if try BlobHousekeeping.empty(channel, memory, database) { return true }
    try PreparedStatement("DELETE FROM retired WHERE ch = ?", in: database)
      .execute(.integer(channel))
    return false
  }
}
