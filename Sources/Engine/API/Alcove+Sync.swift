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
      let run = try await syncEverything()
      var report = SyncReport()
      report.events = run.events
      report.obstacles = run.obstacles
      let outbox = try outbox()
      report.waiting = outbox.messages.count + outbox.lines.count
      return report
    }
  }

  func syncEverything() async throws -> Run {
    var run = Run()
    try await syncInvitations(&run)
    for record in try everybody() { try await syncPerson(record, &run) }
    // A first commit that was just read ends an intake.
    try await syncInvitations(&run, only: .closing)
    // Nothing that follows depends on it.
    try? destroyUnusedKeys()
    return run
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
      let name = LocalName(stored: invitation.name)
      let relay = try? RelayAddress(stored: invitation.relay)
      try await noting(name, relay, &run) { run in
        if let stage, invitation.stage != stage, !(try hasServed(invitation)) { return }
        try await advance(key, &run)
      }
    }
  }

  /// A founded relationship whose client has committed: nothing more is awaited on the intake.
  func hasServed(_ invitation: InvitationRecord) throws -> Bool {
    guard invitation.stage == .founded else { return false }
    return try look(invitation.owner) { $0.channel.peerHasCommitted }
  }

  private func syncPerson(_ record: RelationshipRecord, _ run: inout Run) async throws {
    let owner = record.owner
    let name = LocalName(stored: record.name)
    // The name and the relay are those of the list: they can be told where nothing else opens.
    try await noting(name, try? RelayAddress(stored: record.relay), &run) { run in
      guard try look(owner, { $0.channel.trouble == nil }) else { return }
      try await exchange(owner, &run)
    }
    try await noting(name, nil, &run) { _ in
      try look(owner) { room in
        try room.requireWorking()
        if try room.waitingLines().contains(where: { room.isHeldBack($0.line) }) {
          throw EngineError(.datedAhead)
        }
      }
    }
  }

  /// Notes an obstacle with one person; only what concerns the whole profile is thrown. What is damaged of
  /// one relationship does not.
  private func noting(
    _ name: LocalName, _ relay: RelayAddress?, _ run: inout Run,
    _ body: (inout Run) async throws -> Void
  ) async throws {
    do {
      try await body(&run)
    } catch {
      let error = EngineError(mapping: error, about: name.text)
      switch error.code {
      case .crashed, .storeFull, .storeUnavailable, .profileBusy, .vaultLocked,
        .noProfile, .internalFault:
        throw error
      default: run.note(error, for: name, at: relay)
      }
    }
  }
}
