// SPDX-License-Identifier: Apache-2.0

/// What the writer's thread knows beside the store; lost with the process, and no harm done.
final class WriterMemory {
  /// A restored store takes nothing but repairs for so long, in milliseconds.
  static let recoveryTime: Int64 = 15 * 60 * 1_000

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
  /// Whether bodies were deleted that may still lie in the write-ahead log.
  var hasErased = false
  /// Channels that are closed and not empty yet.
  var toEmpty: [Int64] = []
  /// Blobs that are gone and whose parts are not yet.
  var toStrip: [Int64] = []
  /// Files whose rows have been deleted.
  let released: ReleasedFiles

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

  /// Whether something is to be cleared away that does not wait for its day.
  var hasLeftovers: Bool { !toEmpty.isEmpty || !toStrip.isEmpty }

  var isRecovering: Bool { recoveringUntil.map { now < $0 } ?? false }
}
