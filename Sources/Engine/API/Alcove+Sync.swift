// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
  /// Fetches and delivers once: invitations first, then every channel, person by person.
  ///
  /// What stands in the way with one person is noted in ``SyncReport/obstacles`` and does not stop the
  /// others.
  public func sync() async throws(EngineError) -> SyncReport {
    try await typed {
      var run = Run()
      try await syncInvitations(&run)
      for owner in try everybody() { try await syncPerson(owner, &run) }
      // A first commit that was just read ends an intake.
      try await syncInvitations(&run, only: .closing)
      var report = SyncReport()
      report.events = run.events
      report.obstacles = run.obstacles
      report.waiting = try outbox().count
      return report
    }
  }

  /// Follows all channels and hands over what happens until the stream ends, the handler says no, or the
  /// task is cancelled. Nothing is locked while it waits.
  ///
  /// - Parameter handle: Answers whether to go on.
  public func watch(
    _ handle: (EngineEvent) async throws -> Bool
  ) async throws(EngineError) -> WatchEnd {
    try await typed {
      while true {
        let report = try await sync()
        for event in report.events {
          guard try await handle(event) else { return .stopped }
        }
        guard let end = try await wait() else { continue }
        return end
      }
    }
  }

  // MARK: One at a time

  private func syncInvitations(
    _ run: inout Run, only stage: InvitationRecord.Stage? = nil
  ) async throws {
    let invitations = try store.read(keys()) { tx -> [(key: RecordKey, value: InvitationRecord)] in
      _ = try profile(in: tx)
      return try self.invitations(in: tx)
    }
    for (key, invitation) in invitations {
      if let stage, invitation.stage != stage, !(try hasServed(invitation)) { continue }
      let name = LocalName(stored: invitation.name)
      let relay = try? RelayAddress(stored: invitation.relay)
      try await noting(name, relay, &run) { run in try await advance(key, &run) }
    }
  }

  /// A founded relationship whose client has committed: nothing more is awaited on the intake.
  func hasServed(_ invitation: InvitationRecord) throws -> Bool {
    guard invitation.stage == .founded else { return false }
    return try look(invitation.owner) { $0.channel.peerHasCommitted }
  }

  private func syncPerson(_ owner: RecordOwner, _ run: inout Run) async throws {
    let (name, relay, stopped) = try look(owner) {
      ($0.name, try? RelayAddress(stored: $0.record.relay), $0.channel.trouble)
    }
    if let stopped {
      run.note(EngineError(stopped.code), for: name, at: nil)
      return
    }
    try await noting(name, relay, &run) { run in
      try await exchange(owner, starting: .reading, &run)
    }
    if let trouble = try look(owner, { $0.channel.trouble }) {
      run.note(EngineError(trouble.code), for: name, at: nil)
    }
  }

  /// Notes an obstacle with one person; only what concerns the whole profile is thrown.
  private func noting(
    _ name: LocalName, _ relay: RelayAddress?, _ run: inout Run,
    _ body: (inout Run) async throws -> Void
  ) async throws {
    do {
      try await body(&run)
    } catch {
      let error = EngineError(mapping: error, about: name.text)
      switch error.code {
      case .crashed, .storeDamaged, .storeFull, .storeUnavailable, .profileBusy, .vaultLocked,
        .noProfile, .internalFault:
        throw error
      default: run.note(error, for: name, at: relay)
      }
    }
  }

  // MARK: Waiting

  /// Waits on one stream of the first relay until something is new; nil when it is time to sync.
  private func wait() async throws -> WatchEnd? {
    var subscriptions: [RelayAddress: [Subscription]] = [:]
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
      if let subscription { subscriptions[relay, default: []].append(subscription) }
    }
    // Most profiles know one relay; a client of several practices is woken by the busiest.
    guard let (relay, wanted) = subscriptions.max(by: { $0.value.count < $1.value.count }) else {
      return .nothingToWatch
    }
    var end: WatchEnd? = .reconnect(afterMilliseconds: 1_000)
    let follow = Follow(Array(wanted.prefix(Follow.maximumSubscriptions)))
    try await relays.connection(to: relay).follow(follow) { frame in
      switch frame.body {
      case .heartbeat, .caughtUp, .refused: return true
      case .bye(_, let retry):
        end = .reconnect(afterMilliseconds: retry)
        return false
      case .envelope, .head, .turned, .gap:
        end = nil
        return false
      }
    }
    return end
  }
}
