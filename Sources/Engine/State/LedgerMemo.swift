// SPDX-License-Identifier: Apache-2.0

internal import Consent
internal import EnvelopeStore
internal import Synchronization

/// The ledgers that this value has read, beside the very bytes they were read from.
///
/// A ledger follows from its lines alone, and every step reads them again: comparing the bytes with those
/// of the step before is far cheaper than parsing them. It is no state: where the bytes differ, they are
/// read as if nothing had been there.
final class LedgerMemo: Sendable {
  private let known = Mutex<[RecordOwner: (lines: [[UInt8]], ledger: Ledger)]>([:])

  func ledger(of owner: RecordOwner, _ lines: [[UInt8]]) throws -> Ledger {
    let ledger: Ledger
    if let known = known.withLock({ $0[owner] }), lines.starts(with: known.lines) {
      guard lines.count > known.lines.count else { return known.ledger }
      // A ledger only grows: a new line costs one line.
      var grown = known.ledger
      for line in lines[known.lines.count...] { try grown.append(try UnverifiedLine(line)) }
      ledger = grown
    } else {
      ledger = try Ledger(trustingSignaturesOf: lines)
    }
    known.withLock { $0[owner] = (lines, ledger) }
    return ledger
  }
}
