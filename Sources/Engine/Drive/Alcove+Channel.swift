// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Brings one relationship up to date with its channel: reads everything, posts what waits, reads it
  /// back, until nothing is left.
  ///
  /// Nothing is posted before the log was read to its end: a relay that has lost what this device has read
  /// would take it in a place where its log and the one known here part for good.
  ///
  /// The answer to an append is not believed: what moves the state is the own envelope in the log. So
  /// success, a lost answer and a crash in between are the same to what follows.
  func exchange(_ owner: RecordOwner, _ run: inout Run) async throws {
    let relay = try look(owner) { try RelayAddress(stored: $0.record.relay) }
    try run.requireReachable(relay)
    let connection = try relays.connection(to: relay)
    var claimed: Set<EnvelopeID> = []
    try await readAll(owner, connection, &run)
    while true {
      let action = try step(owner, &run) { try $0.next() }
      guard case .append(let pending) = action else { break }
      // Said to be in the log, everything read, and not there: this relay is not to be believed now.
      guard !claimed.contains(pending.id) else { throw EngineError(.relayInconsistent) }
      switch try await append(pending, owner, connection, &run) {
      case .accepted: claimed.insert(pending.id)
      case .retired: try step(owner, &run) { try $0.noteRetired(pending.id) }
      }
      // Another process of this profile may note a refusal while this one reads: what was read then was
      // perhaps answered before the turn. Only what was refused before the reading has to be in it.
      let refused = try look(owner) { try $0.refusals() }
      try await readAll(owner, connection, &run)
      try step(owner, &run) { try $0.check(refused) }
    }
    try await lodge(owner, connection, &run)
    // Used keys leave the disk with the write-ahead log; nothing depends on it.
    try? store.eraseTraces()
  }

  // MARK: Posting

  private func append(
    _ pending: PendingAppend, _ owner: RecordOwner, _ connection: any RelayConnection,
    _ run: inout Run
  ) async throws -> AppendAnswer {
    let channel = try look(owner) { $0.channel.id }
    let append = Append(
      channel: channel, token: pending.access, id: pending.id, turn: pending.turn,
      named: pending.named, envelope: pending.sealed)
    try reach(.beforeAppend)
    let answer: AppendAnswer
    do {
      answer = try await post(append, connection)
    } catch RelayError.refused(.noSuchChannel) {
      if try await !repair(owner, connection, &run) {
        try await requireFounding(owner, connection, after: pending.told)
      }
      try look(owner) { try $0.requireWorking() }
      // Who was quicker with the repair may have turned the lock behind what this device had read.
      answer = try await post(append, connection)
    }
    try reach(.afterAppend)
    return answer
  }

  private func post(
    _ append: Append, _ connection: any RelayConnection
  ) async throws -> AppendAnswer {
    do {
      return .accepted(try await connection.append(append).at.position)
    } catch RelayError.tokenRetired {
      return .retired
    }
  }

  // MARK: Reading

  /// The most entries that one call reads of one relationship, and the most bytes of envelopes.
  static let mostEntries: UInt64 = 32_768
  static let mostBytes = 256 << 20

  /// Reads and takes everything up to the head, turn by turn.
  func readAll(
    _ owner: RecordOwner, _ connection: any RelayConnection, _ run: inout Run
  ) async throws {
    let start = try look(owner) { $0.channel.read.position.value }
    var bytes = 0
    // The end of what was read, which nothing read so far bears out: it is taken with what lies behind it.
    var unproved: UnprovedGap?
    while true {
      let (request, working) = try look(owner) { room in
        (
          ReadRequest(
            channel: room.channel.id, token: room.channel.secrets.access,
            after: unproved?.last ?? room.channel.read.position), room.channel.trouble == nil
        )
      }
      guard working else { return }
      // What a relay invents between two turns fits in with everything until somebody writes.
      guard request.after.value < start + Self.mostEntries, bytes < Self.mostBytes else {
        throw EngineError(.muchToRead)
      }
      try reach(.beforeRead)
      guard let page = try await read(request, owner, connection, &run) else { return }
      bytes += page.byteCount
      try reach(.afterRead)
      let answer = try unproved?.followed(by: page) ?? page
      let asked = unproved?.after ?? request.after
      switch try step(owner, &run, { try $0.receive(answer, asked: asked) }) {
      case .more: unproved = nil
      case .unproved(let entries, let after):
        unproved = UnprovedGap(after: after, entries: entries, incarnation: page.incarnation)
        // Nothing came behind it that could bear it out.
        guard let last = unproved?.last, last > request.after else {
          throw EngineError(.relayInconsistent)
        }
      case .caughtUp: return
      case .fault(let code): throw EngineError(code)
      }
    }
  }

  /// Nil when the relationship was stopped.
  private func read(
    _ request: ReadRequest, _ owner: RecordOwner, _ connection: any RelayConnection,
    _ run: inout Run
  ) async throws -> ReadAnswer? {
    do {
      return try await connection.read(request)
    } catch RelayError.refused(.noSuchChannel) {
      if try await !repair(owner, connection, &run) {
        try await requireFounding(owner, connection, after: request.after)
      }
    } catch RelayError.refused(.beyondHead) {
      // The relay has lost what it once showed.
      guard try await repair(owner, connection, &run) else { throw EngineError(.channelGap) }
    }
    guard try look(owner, { $0.channel.trouble == nil }) else { return nil }
    return try await connection.read(request)
  }

  /// Makes the channel that was not there, or finds that another process of this profile just has.
  private func requireFounding(
    _ owner: RecordOwner, _ connection: any RelayConnection, after position: Position
  ) async throws {
    if try await createIfFounding(owner, connection) { return }
    guard try look(owner, { $0.channel.read.position > position }) else {
      throw EngineError(.channelLost)
    }
  }

  /// The founder makes the channel, if a crash or an outage came before; says whether it did.
  func createIfFounding(
    _ owner: RecordOwner, _ connection: any RelayConnection
  ) async throws -> Bool {
    let (found, relay) = try look(owner) { (try $0.foundingRequest(), $0.record.relay) }
    guard let request = found else { return false }
    try await create(request, at: relay, connection)
    return true
  }

  /// A point at which a test may end this run; what was durable before is all that is left then.
  func reach(_ point: EnginePoint) throws {
    do { try crash(point) } catch { throw EngineError(.crashed) }
  }
}

extension ReadAnswer {
  /// How many bytes the envelopes in it have together.
  fileprivate var byteCount: Int {
    frames.reduce(0) { sum, frame in
      if case .envelope(let entry) = frame.body { sum + entry.envelope.count } else { sum }
    }
  }
}
