// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
  /// Follows all channels and open invitations, and hands over what happens until a stream ends, the
  /// handler says no, or the task is cancelled. Nothing is locked while it waits.
  ///
  /// What stands in the way with one person comes as ``EngineEvent/obstacle(_:_:)``, once, and does not stop
  /// the others. A relay that does not answer is thrown where it is the only one.
  ///
  /// - Parameter handle: Answers whether to go on.
  public func watch(
    _ handle: (EngineEvent) async throws -> Bool
  ) async throws(EngineError) -> WatchEnd {
    try await typed {
      var told: [LocalName: EngineError.Code] = [:]
      while true {
        let run = try await syncEverything()
        let wanted = try subscriptions(after: run)
        let obstacles = run.obstacles.filter { name, error in
          told[name] != error.code && (wanted.count > 1 || error.code != .relayUnreachable)
        }
        told = Dictionary(run.obstacles.map { ($0.name, $0.error.code) }) { first, _ in first }
        for event in run.events + obstacles.map({ .obstacle($0.name, $0.error) }) {
          guard try await handle(event) else { return .stopped }
        }
        switch try await wait(wanted) {
        case .news: continue
        case .ended(let end): return end
        }
      }
    }
  }

  private enum Woken: Sendable {
    case news
    case ended(WatchEnd)
  }

  /// What there is to follow at each relay: every channel that works, and the intakes just read.
  private func subscriptions(after run: Run) throws -> [RelayAddress: [Subscription]] {
    var wanted: [RelayAddress: [Subscription]] = [:]
    for owner in try everybody() {
      let (relay, subscription) = try look(owner) { room in
        (
          try RelayAddress(stored: room.record.relay),
          room.channel.trouble != nil
            ? nil
            : Subscription(
              channel: room.channel.id, token: room.channel.secrets.access,
              after: room.channel.read.position)
        )
      }
      if let subscription { wanted[relay, default: []].append(subscription) }
    }
    for intake in run.intakes { wanted[intake.relay, default: []].append(intake.subscription) }
    return wanted
  }

  /// Waits on one stream for each relay, until something is new on any of them.
  private func wait(_ wanted: [RelayAddress: [Subscription]]) async throws -> Woken {
    guard let (first, subscriptions) = wanted.first else { return .ended(.nothingToWatch) }
    guard wanted.count > 1 else { return try await follow(first, subscriptions) }
    return try await withThrowingTaskGroup(of: Woken.self) { group in
      for (relay, subscriptions) in wanted {
        group.addTask {
          do {
            return try await follow(relay, subscriptions)
          } catch let error where EngineError(mapping: error).code == .relayUnreachable {
            // The others are followed meanwhile; then all are tried again.
            try await Task.sleep(for: .seconds(30))
            return .news
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
        woken = .news
        return false
      }
    }
    return woken
  }
}
