// SPDX-License-Identifier: Apache-2.0

internal import EnvelopeStore
internal import Primitives
internal import RelayProtocol

extension Alcove {
  /// Puts back what a relay has lost that says it comes from a backup.
  ///
  /// Every member that is ahead does it, at once or one after the other: the same ids make it the same
  /// append. A relay that lost something and calls itself what it was is not helped: that is an alarm.
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
    switch try await plan(tail, connection) {
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
