// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
  /// Follows all channels and open invitations, and hands over what happens until a stream ends, the
  /// handler says no, or the task is cancelled. Nothing is locked while it waits.
  ///
  /// What stands in the way with one person comes as ``EngineEvent/obstacle(_:_:)``, once, and does not stop
  /// the others. So does a relay that lets itself be asked and not followed: it is tried again after a while.
  /// One that does not answer, or is not to be followed, is thrown where it is the only one; so is damage where
  /// there is nobody else to follow.
  ///
  /// What is due by time alone is done too: a turn of the lock, and another try at what waits.
  ///
  /// - Parameter handle: Answers whether to go on.
  public func watch(
    _ handle: (EngineEvent) async throws -> Bool
  ) async throws(EngineError) -> WatchEnd {
    try await typed {
      var told: [LocalName: EngineError.Code] = [:]
      var tries = 0
      var places: Set<ChannelPlace> = []
      var lulls = 0
      var refusals = FollowRefusals()
      while true {
        var run = try await syncEverything()
        let (wanted, leavesOut) = try subscriptions(after: run)
        try note(refusals, of: wanted, &run)
        // A relay that speaks of news, and has none when it is asked, must not be asked in a circle.
        let now = Set(wanted.values.joined().map(ChannelPlace.init))
        lulls = now == places ? lulls + 1 : 0
        places = now
        let obstacles = run.obstacles.filter { name, error in
          told[name] != error.code && (wanted.count > 1 || error.code != .relayUnreachable)
        }
        told = Dictionary(run.obstacles.map { ($0.name, $0.error.code) }) { first, _ in first }
        for event in run.events + obstacles.map({ .obstacle($0.name, $0.error) }) {
          guard try await handle(event) else { return .stopped }
        }
        let pause = try pause(after: tries, isRetry: leavesOut)
        tries = pause.isRetry ? tries + 1 : 0
        guard !wanted.isEmpty || leavesOut else {
          if let damaged = run.obstacles.first(where: \.error.isDamage) { throw damaged.error }
          return .nothingToWatch
        }
        let time = ContinuousClock.now
        let listening = wanted.filter { !refusals.leavesOut($0.key, at: time) }
        let atMost = [.seconds(pause.seconds), refusals.pause(of: wanted.keys, at: time)]
        switch try await wait(listening, atMost: atMost.compactMap(\.self).min() ?? .zero) {
        case .news(let relay):
          if let relay { refusals.forget(relay) }
          if lulls > 0 { try await Task.sleep(for: .seconds(1 << min(lulls, 3))) }
        case .ended(let end): return end
        case .refused(let relay, let error):
          try Task.checkCancellation()
          guard wanted.count > 1 else { throw error }
          refusals.note(error, by: relay, at: .now)
          places = []
        }
      }
    }
  }

  /// How far a channel is followed.
  private struct ChannelPlace: Hashable {
    let channel: ChannelID
    let after: Position

    init(_ subscription: Subscription) {
      (channel, after) = (subscription.channel, subscription.after)
    }
  }

  private enum Woken: Sendable {
    /// Something is new at a relay; at none where the time is over.
    case news(RelayAddress?)
    case ended(WatchEnd)
    /// The relay does not let itself be followed; what it answers otherwise is another matter.
    case refused(RelayAddress, EngineError)
  }

  /// Notes which relays are not followed, for everybody whose channel lies there.
  private func note(
    _ refusals: FollowRefusals, of wanted: [RelayAddress: [Subscription]], _ run: inout Run
  ) throws {
    let working = try lookAtEverybody { room in
      room.channel.trouble == nil
        ? (name: room.name, relay: try RelayAddress(stored: room.record.relay)) : nil
    }
    for (name, relay) in working where wanted[relay] != nil {
      guard let error = refusals.error(of: relay) else { continue }
      run.note(error, for: name, at: nil)
    }
  }

  /// What there is to follow at each relay: every channel that works, and the intakes just read.
  ///
  /// Left out is a channel that could not be read on: the relay would show at once what this device has just
  /// refused. It is tried again as what waits is.
  func subscriptions(
    after run: Run
  ) throws -> (wanted: [RelayAddress: [Subscription]], leavesOut: Bool) {
    var wanted: [RelayAddress: [Subscription]] = [:]
    // An invitation that a relay has lost is laid out again by the other side, who knows when.
    var leavesOut = run.obstacles.contains { $0.error.code == .invitationGone }
    // One that is away, or takes nothing for now, is followed: it shows nothing by itself.
    let refused = Set(run.obstacles.filter { !$0.error.isDelay }.map(\.name))
    _ = try lookAtEverybody { room in
      guard room.channel.trouble == nil else { return }
      guard !refused.contains(room.name) else {
        leavesOut = true
        return
      }
      wanted[try RelayAddress(stored: room.record.relay), default: []].append(
        Subscription(
          channel: room.channel.id, token: room.channel.secrets.access,
          after: room.channel.read.position))
    }
    for intake in run.intakes { wanted[intake.relay, default: []].append(intake.subscription) }
    return (wanted, leavesOut)
  }

  /// For how long there is nothing to do but to follow: until the next turn of a lock is due, at most a day;
  /// while something waits, a minute, and twice as long after each try, up to an hour.
  func pause(
    after tries: Int, isRetry: Bool = false
  ) throws -> (seconds: Int64, isRetry: Bool) {
    var seconds: Int64 = 86_400
    var isRetry = isRetry
    _ = try lookAtEverybody { room in
      guard room.channel.trouble == nil else { return }
      isRetry = try isRetry || room.isWaitingToPost()
      switch room.ledger.state.phase(at: ConsentTime(clamping: room.now)) {
      case .ended, .lapsed: break
      default:
        // A turn that is still due after a run could not be posted.
        let schedule = room.channel.schedule
        if schedule.isDue(at: room.now) {
          isRetry = true
        } else {
          seconds = min(seconds, schedule.due - room.now)
        }
      }
    }
    return (isRetry ? min(seconds, 60 << Int64(min(tries, 6)), 3_600) : seconds, isRetry)
  }

  /// Waits on one stream for each relay, until something is new on any of them or the time is over.
  private func wait(
    _ wanted: [RelayAddress: [Subscription]], atMost pause: Duration
  ) async throws -> Woken {
    try await withThrowingTaskGroup(of: Woken.self) { group in
      group.addTask {
        try await Task.sleep(for: pause)
        return .news(nil)
      }
      for (relay, subscriptions) in wanted {
        group.addTask {
          do {
            return try await follow(relay, subscriptions)
          } catch let error as RelayError {
            // Its channels have just been read: whatever it says now, it refuses this and nothing else.
            let error = EngineError(mapping: error)
            return .refused(relay, error.isDelay ? error : EngineError(.relayRefused))
          }
        }
      }
      defer { group.cancelAll() }
      return try await group.next() ?? .ended(.nothingToWatch)
    }
  }

  private func follow(
    _ relay: RelayAddress, _ subscriptions: [Subscription]
  ) async throws -> Woken {
    var woken = Woken.ended(.reconnect(afterMilliseconds: 1_000))
    let follow = Follow(Array(subscriptions.prefix(Follow.maximumSubscriptions)))
    try await relays.connection(to: relay).follow(follow) { frame in
      switch frame.body {
      case .heartbeat, .caughtUp, .refused: return true
      case .bye(_, let retry):
        woken = .ended(.reconnect(afterMilliseconds: retry))
        return false
      case .envelope, .head, .turned, .gap:
        woken = .news(relay)
        return false
      }
    }
    return woken
  }
}
