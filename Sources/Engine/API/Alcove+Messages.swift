// SPDX-License-Identifier: Apache-2.0

public import Consent
internal import EnvelopeStore
internal import RelayProtocol

extension Alcove {
  /// Sends a message: stored and sealed first, then posted, then read back.
  ///
  /// Once it is stored it is kept, whatever happens to it then, and goes out with a later ``sync()``;
  /// ``Sent/obstacle`` says what stands in the way. Only a message that the consent no longer covers is
  /// refused so late, and does not leave.
  ///
  /// - Parameter scope: The kind of content, as consented to; `text` unless it is something else.
  public func send(
    _ text: String, to name: LocalName, scope: Scope = .text,
    policy: SendPolicy = .allowUnverified
  ) async throws(EngineError) -> Sent {
    try await send(Array(text.utf8), to: name, scope: scope, policy: policy)
  }

  /// Sends a message given as bytes, which must be UTF-8 without NUL, 1 to 1,000,000 of them.
  public func send(
    _ bytes: [UInt8], to name: LocalName, scope: Scope = .text,
    policy: SendPolicy = .allowUnverified
  ) async throws(EngineError) -> Sent {
    try await typed(about: name) {
      let owner = try owner(of: name)
      var run = Run()
      let (record, verified) = try step(owner, &run) { room in
        if policy == .requireVerified, !room.record.verified { throw EngineError(.notVerified) }
        return (try room.write(bytes, scope: scope), room.record.verified)
      }
      let onTheWay = await obstacle(about: name) { try await exchange(owner, &run) }
      var now: MessageRecord?
      var refusal: Refusal?
      let afterwards = await obstacle(about: name) {
        try look(owner) { room in
          now = try room.message(record.inner)
          refusal = try room.gate().refusal(of: scope, at: room.now)
          if now?.standing == .waiting { try room.requireWorking() }
        }
      }
      if now?.standing == .refused {
        throw EngineError(refusal.map(ConsentGate.code) ?? .consentMissing)
      }
      let delivery = now?.shown(confirmed: Position(0)).delivery ?? .waiting
      return Sent(
        id: record.inner, delivery: delivery, time: now?.sent ?? record.sent, unverified: !verified,
        obstacle: delivery == .waiting ? onTheWay ?? afterwards : nil)
    }
  }

  /// The conversation with one person; what is returned counts as read unless asked otherwise.
  public func read(
    _ name: LocalName, _ selection: ReadSelection = ReadSelection()
  ) throws(EngineError) -> Conversation {
    try typed(about: name) {
      let owner = try owner(of: name)
      var run = Run()
      return try step(owner, &run) { room in
        var rows = try room.messages()
        if let since = selection.since { rows.removeAll { $0.value.sent < since } }
        if let text = selection.containing?.lowercased() {
          rows.removeAll { !$0.value.text.lowercased().contains(text) }
        }
        if let last = selection.last { rows = Array(rows.suffix(max(0, last))) }
        if selection.marking == .read {
          for (key, value) in rows where value.unread { try room.markRead(key, value) }
        }
        return Conversation(
          person: try room.person(), messages: rows.map { room.show($0.value) },
          quarantined: try room.quarantined().map { room.show($0) })
      }
    }
  }

  /// Notes that these messages were shown; ids that are not there are passed over.
  public func markRead(_ name: LocalName, _ ids: Set<[UInt8]>) throws(EngineError) {
    try typed(about: name) {
      var run = Run()
      try step(try owner(of: name), &run) { room in
        for (key, value) in try room.messages() where value.unread && ids.contains(value.inner) {
          try room.markRead(key, value)
        }
      }
    }
  }

  /// What has not been read yet; nothing is marked.
  public func inbox() throws(EngineError) -> Inbox {
    try typed {
      var damaged: [EngineError] = []
      let unread = try lookAtEverybody(
        orWhereDamaged: { _, error in
          damaged.append(error)
          return nil
        },
        { room -> (person: Person, messages: [Message])? in
          let unread = try room.unreadMessages()
          return unread.isEmpty ? nil : (try room.person(), unread.map(room.show))
        })
      return Inbox(
        unread: unread.sorted {
          ($0.messages.first?.sent ?? 0) > ($1.messages.first?.sent ?? 0)
        }, damaged: damaged)
    }
  }

  /// What was written or signed here and waits.
  public func outbox() throws(EngineError) -> Outbox {
    try typed {
      var damaged: [EngineError] = []
      let waiting = try lookAtEverybody(
        orWhereDamaged: { _, error in
          damaged.append(error)
          return nil
        },
        { room in
          (
            messages: try room.waitingMessages().map { (name: room.name, message: room.show($0)) },
            lines: try room.ownLinesWaiting().map { (name: room.name, kind: $0) }
          )
        })
      let answers = try answersWithdrawn()
      return Outbox(
        messages: waiting.flatMap(\.messages), lines: waiting.flatMap(\.lines) + answers.lines,
        damaged: damaged + answers.damaged)
    }
  }
}
