// SPDX-License-Identifier: Apache-2.0

internal import Primitives
internal import WireFormat

/// When this device next turns the lock: at random within 7 days or 200 messages of its last commit.
///
/// That is where security after a compromise comes from; and since locks turn without any reason, a turn
/// does not tell that there was one.
struct TurnSchedule: WireCodable, Equatable, Sendable {
  static let longest: Int64 = 7 * 86_400
  static let mostMessages: UInt32 = 200

  /// Seconds since 1970; zero until this device has committed.
  private(set) var lastCommit: Int64
  private(set) var due: Int64
  private(set) var dueCount: UInt32
  private(set) var count: UInt32
  /// How many own commits have landed.
  private(set) var commits: UInt64

  /// Draws the first turn of a device that enters the group at `now`.
  init(enteredAt now: Int64, random: any RandomSource) {
    lastCommit = now
    due = 0
    dueCount = 0
    count = 0
    commits = 0
    draw(now, random)
  }

  /// Draws when the turn after an own commit that landed at `now` is due.
  mutating func committed(at now: Int64, random: any RandomSource) {
    lastCommit = now
    commits &+= 1
    draw(now, random)
  }

  private mutating func draw(_ now: Int64, _ random: any RandomSource) {
    due = now + 1 + Int64(random.uniform(below: UInt64(Self.longest)))
    dueCount = 1 + UInt32(random.uniform(below: UInt64(Self.mostMessages)))
    count = 0
  }

  mutating func countMessage() { count = count == .max ? count : count + 1 }

  func isDue(at now: Int64) -> Bool {
    now >= due || count >= dueCount || isDatedAhead(at: now)
  }

  /// Later than the schedule ever allows: this device was away, its commits do not land, or nobody can say,
  /// since the last was dated by a clock that was wrong.
  func isOverdue(at now: Int64) -> Bool {
    now - lastCommit > Self.longest || isDatedAhead(at: now)
  }

  /// Farther ahead than is ever drawn: the clock was ahead at the last commit, and is right again. To wait
  /// for that day would mean no new keys for as long as it had been ahead.
  private func isDatedAhead(at now: Int64) -> Bool { due - now > Self.longest }

  func encode(into writer: inout WireWriter) {
    writer.write(UInt64(max(0, lastCommit)))
    writer.write(UInt64(max(0, due)))
    writer.write(dueCount)
    writer.write(count)
    writer.write(commits)
  }

  init(from reader: inout WireReader) throws(WireError) {
    lastCommit = try reader.readTime()
    due = try reader.readTime()
    dueCount = try reader.readUInt32()
    count = try reader.readUInt32()
    commits = try reader.readUInt64()
  }
}
