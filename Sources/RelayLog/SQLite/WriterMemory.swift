// SPDX-License-Identifier: Apache-2.0

import GRDB

/// What the writer's thread knows beside the store; lost with the process, and no harm done.
final class WriterMemory {
  /// A restored store takes nothing but repairs for so long, in milliseconds.
  static let recoveryTime: Int64 = 15 * 60 * 1_000
  /// What was deleted is gone from the write-ahead log after so long, however much is written, in milliseconds.
  static let erasureTime: Int64 = 60_000
  /// Somebody who reads may stand in the way: then it is tried again after so long, in milliseconds.
  static let erasurePause: Int64 = 1_000

  let policy: StorePolicy
  let surroundings: Surroundings
  var rates: AppendRates
  /// Milliseconds of a clock that never goes back, and the UTC day by the wall clock: of the batch in hand.
  private(set) var now: Int64
  private(set) var clockDay: Int64
  /// The last day that retention has believed.
  var lastDay = Int64.min
  /// When members may write on again after a restore; nil outside of a recovery.
  var recoveringUntil: Int64?
  private(set) var isDiskLow = false
  private var diskSeen: Int64?
  /// When the write-ahead log is to be emptied at the latest, since bodies were deleted that may still lie in
  /// it; nil where none was.
  private(set) var emptyLogBy: Int64?
  /// Channels that are closed and not empty yet.
  var toEmpty: [Int64] = []
  /// Blobs that are gone and whose parts are not yet.
  var toStrip: [Int64] = []
  /// Files whose rows have been deleted.
  private let released: ReleasedFiles
  /// Files whose rows are deleted by the transaction in hand.
  private var releasing: [PartName] = []

  init(
    _ policy: StorePolicy, _ surroundings: Surroundings, isRecovering: Bool, released: ReleasedFiles
  ) {
    self.released = released
    self.policy = policy
    self.surroundings = surroundings
    rates = AppendRates(policy)
    now = surroundings.ticks()
    clockDay = surroundings.day
    if isRecovering { recoveringUntil = now + Self.recoveryTime }
  }

  /// Looks at the clocks, and once a second at the disk.
  func beginRound() {
    now = surroundings.ticks()
    clockDay = surroundings.day
    if diskSeen.map({ now - $0 >= 1_000 }) ?? true {
      diskSeen = now
      isDiskLow = surroundings.freeBytes() < policy.freeBytes
    }
  }

  /// The UTC day that is written down. It never lies before one that was believed: what came while the clock
  /// was behind would be past its days as soon as the clock is right. What came while it was ahead is put
  /// right by ``Housekeeping``, once it is.
  var day: Int64 { max(clockDay, lastDay) }

  func circumstances(of channel: Int64, _ access: Access = .current) -> Circumstances {
    var circumstances = Circumstances()
    circumstances.isOverRate = rates.isOver(channel, now: now)
    circumstances.isOverRepeats = rates.isOverRepeats(channel, access, now: now)
    circumstances.hasTurnedLately = rates.hasTurnedLately(channel, now: now)
    circumstances.isDiskLow = isDiskLow
    circumstances.isRecovering = isRecovering
    return circumstances
  }

  /// Bodies were deleted.
  func noteErasure() { emptyLogBy = emptyLogBy ?? now + Self.erasureTime }

  /// Asked each round: to empty it costs a flush or two, which a rest has room for.
  func isLogToBeEmptied(isResting: Bool) -> Bool {
    guard let emptyLogBy else { return false }
    return isResting || now >= emptyLogBy
  }

  /// Whether the log was emptied, when that was tried.
  func noteEmptying(_ isDone: Bool) { emptyLogBy = isDone ? nil : now + Self.erasurePause }

  /// Whether something is to be cleared away that does not wait for its day.
  var hasLeftovers: Bool { !toEmpty.isEmpty || !toStrip.isEmpty }

  func release(_ files: [PartName]) { releasing += files }

  /// Each transaction of the writer. The sweeper hears of files once their rows are gone for everybody: it asks about
  /// each a single time, and looks at all of them every few minutes only.
  func inTransaction(
    _ database: Database, _ body: () throws -> Database.TransactionCompletion
  ) throws {
    defer { releasing = [] }
    var completion = Database.TransactionCompletion.rollback
    try database.inTransaction(.immediate) {
      completion = try body()
      return completion
    }
    if completion == .commit, !releasing.isEmpty { released.add(releasing) }
  }

  var isRecovering: Bool { recoveringUntil.map { now < $0 } ?? false }
}
