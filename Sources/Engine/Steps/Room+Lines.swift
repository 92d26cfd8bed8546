// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore

extension Room {
  func requireRole(_ role: ConsentRole) throws {
    guard record.mine == role else { throw EngineError(.consentNotYours, about: record.name) }
  }

  /// Queues another person's withdrawal for the next own commit.
  func carry(_ line: UnverifiedLine) throws {
    guard line.kind == .withdraw, takes(line) else {
      throw EngineError(.notAWithdrawal)
    }
    guard try !isWaiting(line.hash) else { return }
    try tx.put(
      WaitingLine(kind: .withdraw, origin: .carried, bytes: line.bytes), .waitingLine, owner,
      RecordKey(channel.takeLineNumber()))
  }

  /// The waiting lines that can land, oldest first.
  func linesOnTheWay() throws -> [WaitingLine] {
    try waitingLines().map(\.line).filter { !onlyBinds($0) }
  }

  /// The kinds of lines that a person signed or carried and that have not landed, oldest first.
  func ownLinesWaiting() throws -> [LineKind] {
    try linesOnTheWay().filter { $0.origin != .automatic }.map(\.kind)
  }

  /// Whether a carried withdrawal can land no more and binds this device all the same: its author has another
  /// device key by now, which has not said it again yet, nor agreed to anything since.
  func onlyBinds(_ waiting: WaitingLine) -> Bool {
    guard waiting.origin == .carried, let line = try? UnverifiedLine(waiting.bytes),
      !ledger.contains(line.hash), !takes(line)
    else { return false }
    // Said again is what landed upon a later ledger than it saw, whatever the author's clock did meanwhile.
    let seen = line.seen.flatMap { ledger.line(at: $0) }?.index ?? 0
    return !ledger.lines.contains { landed in
      guard landed.author.role == .client else { return false }
      switch landed.line.kind {
      case .withdraw: return landed.index > seen && landed.line.body == line.body
      case .grant, .amend: return landed.index > seen && landed.line.time >= line.time
      default: return false
      }
    }
  }

  /// Whether a line that this device has signed waits for its own date: sent before, every later line of both
  /// sides would have to bear it.
  ///
  /// The clock was ahead when it was signed, or is behind now: nobody here can tell. So it is kept, and keeps
  /// back no other line.
  func isHeldBack(_ waiting: WaitingLine) -> Bool {
    guard waiting.origin != .carried, let line = try? UnverifiedLine(waiting.bytes) else {
      return false
    }
    return !line.body.onlyTakesAway && line.time.isAhead(of: now)
  }

  func isWaiting(_ hash: LineHash) throws -> Bool {
    try waitingLines().contains { (try? UnverifiedLine($0.line.bytes))?.hash == hash }
  }
}
