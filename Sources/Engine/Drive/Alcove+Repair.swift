// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Puts back what a relay has lost that says it comes from a backup.
  ///
  /// Every member that is ahead does it, at once or one after the other: the same ids make it the same
  /// append. A channel that was made after the backup is made again, if it is still known from its first
  /// envelope on. A relay that lost something and calls itself what it was is not helped: that is an alarm.
  ///
  /// - Returns: whether the caller is to ask again; else its own finding stands.
  func repair(
    _ owner: RecordOwner, _ connection: any RelayConnection, _ run: inout Run
  ) async throws -> Bool {
    let known = try look(owner) { $0.channel.incarnation }
    guard !known.isEmpty else { return false }
    let now = try await connection.describe().incarnation
    guard let now = Base64URL.decode(now), now != known else { return false }
    let tail = try look(owner) { try $0.repairTail() }
    var plan = try await plan(tail, connection)
    if plan == nil, let founding = tail.founding,
      try await makeAgain(founding, owner, connection)
    {
      plan = tail.plan(behind: LogAt(position: Position(0), chain: .founding(founding.id)))
    }
    switch plan {
    case .tooShort, nil: return false
    case .fork:
      try step(owner, &run) { try $0.stop(.fork) }
      return true
    case .append(let appends):
      for append in appends {
        try reach(.beforeAppend)
        do {
          _ = try await connection.append(append)
        } catch RelayError.notAt, RelayError.tokenRetired {
          // Somebody has written on before the log was whole.
          try step(owner, &run) { try $0.stop(.fork) }
          return true
        }
        try reach(.afterAppend)
      }
      return true
    }
  }

  /// Makes a channel anew that is missing from a backup; says whether it is there now. A client pays for
  /// nothing: where the relay asks for postage, it waits for the therapist's device to do it.
  private func makeAgain(
    _ channel: NewChannel, _ owner: RecordOwner, _ connection: any RelayConnection
  ) async throws -> Bool {
    let (isTherapists, relay) = try look(owner) { ($0.record.mine == .therapist, $0.record.relay) }
    if isTherapists {
      try await create(channel, at: relay, connection)
      return true
    }
    do {
      try await connection.create(channel)
      return true
    } catch RelayError.refused(.postageRequired) {
      return false
    }
  }

  /// What is missing, as the relay's refusals tell; nil where it knows no token of the tail.
  private func plan(
    _ tail: RepairTail, _ connection: any RelayConnection
  ) async throws -> RepairTail.Plan? {
    for probe in tail.probes {
      do {
        return tail.plan(behind: try await connection.append(probe).at)
      } catch RelayError.notAt(let head) {
        return tail.plan(behind: head)
      } catch RelayError.tokenRetired {
        // Its log turned behind this device: by what another member has put back, or by another log.
        // Reading on tells which.
        return .append([])
      } catch RelayError.refused(.noSuchChannel) {
        continue
      }
    }
    return nil
  }
}

extension Room {
  func repairTail() throws -> RepairTail {
    let stored = try tx.scan(TailEntry.self, .tail, owner).compactMap { row in
      row.key.number.map { (position: Position($0), entry: row.value) }
    }
    return RepairTail(channel: channel.id, end: channel.read, stored: stored)
  }
}
