// SPDX-License-Identifier: Apache-2.0

/// Re-checks a ledger from its bytes, then whatever hangs on it: epochs and messages.
///
/// It stops at nothing: the report says of every line what it is worth. The caller adds what only it
/// knows with ``check(epochs:)`` and ``check(messages:)``.
public struct ConsentAudit: Sendable {
  /// What became of one line.
  public struct LineReport: Sendable {
    public let index: Int
    /// Nil if the bytes cannot be read.
    public let line: UnverifiedLine?
    /// Nil unless the ledger takes the line.
    public let verified: VerifiedLine?
    public internal(set) var findings: [AuditFinding]
  }

  public private(set) var lines: [LineReport]
  /// The ledger of all lines, if it takes them all; else of those before the first that fails.
  public private(set) var ledger: Ledger?
  public private(set) var epochsChecked = 0
  public private(set) var messagesChecked = 0
  public private(set) var findings: [AuditFinding]
  private var bindings: [UInt64: EpochBinding] = [:]

  /// Audits a ledger as stored.
  ///
  /// - Parameter now: the reader's clock, for lines dated ahead of it; it decides nothing else.
  public init(lines: [[UInt8]], now: ConsentTime) {
    self.lines = []
    findings = []
    var failed = lines.isEmpty
    if failed { findings.append(AuditFinding(.ledger, .refused(.rule(.foundingLine)))) }
    for (index, bytes) in lines.enumerated() {
      let report: LineReport
      if failed {
        report = LineReport(
          index: index, line: try? UnverifiedLine(bytes), verified: nil,
          findings: [AuditFinding(.line(index), .notReached)])
      } else {
        report = next(index, bytes, now)
        failed = report.verified == nil
      }
      self.lines.append(report)
      findings += report.findings
    }
  }

  /// Audits an export, on a machine that need not have a profile.
  public init(export file: [UInt8], now: ConsentTime) {
    do {
      let (first, lines) = try ConsentExport.lines(of: file)
      self.init(lines: lines, now: now)
      guard let ledger, ledger.length == lines.count else { return }
      if first != ConsentExport.firstLine(of: ledger) {
        findings.append(AuditFinding(.ledger, .refused(.export(.firstLine))))
      }
    } catch {
      self.init(lines: [], now: now)
      findings = [AuditFinding(.ledger, .refused(error))]
    }
  }

  /// Whether nothing was found.
  public var isClean: Bool { findings.isEmpty }

  /// Adds what the caller found by itself.
  public mutating func add(_ finding: AuditFinding) {
    findings.append(finding)
  }

  private mutating func next(_ index: Int, _ bytes: [UInt8], _ now: ConsentTime) -> LineReport {
    var line: UnverifiedLine?
    do {
      let read = try UnverifiedLine(bytes)
      line = read
      // In place: a second ledger kept meanwhile would make every line copy all those before it.
      if ledger == nil { ledger = try Ledger(founding: read) } else { try ledger?.append(read) }
      return LineReport(
        index: index, line: read, verified: ledger?.last, findings: notes(on: read, index, now))
    } catch {
      return LineReport(
        index: index, line: line, verified: nil,
        findings: [AuditFinding(.line(index), .refused(error))])
    }
  }

  /// What is odd about a valid line.
  private func notes(
    on line: UnverifiedLine, _ index: Int, _ now: ConsentTime
  ) -> [AuditFinding] {
    var findings: [AuditFinding] = []
    if line.time > now.adding(seconds: ConsentState.toleratedLead) {
      findings.append(AuditFinding(.line(index), .datedAhead(line.time)))
    }
    if line.kind == .withdraw, let seen = line.seen {
      if let upon = ledger?.line(at: seen) {
        if line.time < upon.time { findings.append(AuditFinding(.line(index), .withdrawalTime)) }
      } else {
        findings.append(AuditFinding(.line(index), .withdrawalSawAnotherLedger))
      }
    }
    return findings
  }
}

// MARK: What hangs on a ledger

extension ConsentAudit {
  /// What the group context of an epoch said.
  public struct EpochBinding: Equatable, Sendable {
    public let epoch: UInt64
    public let consent: ConsentExtension

    public init(epoch: UInt64, consent: ConsentExtension) {
      self.epoch = epoch
      self.consent = consent
    }
  }

  /// A stored message, without its text.
  public struct MessageRecord: Sendable {
    public let position: UInt64
    public let epoch: UInt64
    /// The ledger head under which it was sent.
    public let head: ConsentHead
    public let scope: Scope
    public let sender: ConsentRole?
    public let sent: ConsentTime

    public init(
      position: UInt64, epoch: UInt64, head: ConsentHead, scope: Scope, sender: ConsentRole?,
      sent: ConsentTime
    ) {
      self.position = position
      self.epoch = epoch
      self.head = head
      self.scope = scope
      self.sender = sender
      self.sent = sent
    }
  }

  /// Compares the head and length that the caller holds as current.
  public mutating func check(current: ConsentExtension) {
    guard let ledger, ConsentExtension(ledger) == current else {
      findings.append(AuditFinding(.ledger, .head))
      return
    }
  }

  /// Checks that each epoch is bound to the head its ledger had, in the order of epochs.
  ///
  /// Epochs may be left out at the beginning, by somebody who joined later, not between.
  public mutating func check(epochs: [EpochBinding]) {
    bindings = [:]
    var previous: EpochBinding?
    for binding in epochs.sorted(by: { $0.epoch < $1.epoch }) {
      epochsChecked += 1
      bindings[binding.epoch] = binding
      let place = AuditFinding.Place.epoch(binding.epoch)
      if ledger?.line(at: binding.consent.head)?.index != Int(binding.consent.length) - 1 {
        findings.append(AuditFinding(place, .binding))
      }
      if let previous {
        // A commit carries at most one line.
        let grown = Int64(binding.consent.length) - Int64(previous.consent.length)
        if !(0...1).contains(grown) || binding.epoch == previous.epoch {
          findings.append(AuditFinding(place, .bindingOrder))
        }
      }
      previous = binding
    }
  }

  /// Checks each message against the consent under which it was sent.
  ///
  /// Call ``check(epochs:)`` first; a message of an epoch that was not given is a finding.
  public mutating func check(messages: [MessageRecord]) {
    for message in messages {
      messagesChecked += 1
      let place = AuditFinding.Place.message(position: message.position)
      guard bindings[message.epoch]?.consent.head == message.head,
        let line = ledger?.line(at: message.head)
      else {
        findings.append(AuditFinding(place, .messageHead))
        continue
      }
      guard let sender = message.sender else {
        findings.append(AuditFinding(place, .messageSender))
        continue
      }
      if case .refused(let refusal) = line.state.permits(
        message.scope, at: message.sent, by: sender)
      {
        findings.append(AuditFinding(place, .messageNotCovered(message.scope, refusal)))
      }
    }
  }
}
