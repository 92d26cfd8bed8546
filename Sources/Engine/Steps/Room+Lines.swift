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

  /// The kinds of lines that a person signed or carried and that have not landed, oldest first.
  func ownLinesWaiting() throws -> [LineKind] {
    try waitingLines().filter { $0.line.origin != .automatic }.map(\.line.kind)
  }

  func isWaiting(_ hash: LineHash) throws -> Bool {
    try waitingLines().contains { (try? UnverifiedLine($0.line.bytes))?.hash == hash }
  }
}
