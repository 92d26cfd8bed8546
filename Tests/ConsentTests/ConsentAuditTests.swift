// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Consent

@Suite struct ConsentAuditTests {
  let story = Story()
  let now = Story.start.adding(days: 1)

  @Test func `a whole ledger has no findings and a report for each line`() throws {
    let ledger = try story.whole()
    var audit = ConsentAudit(lines: ledger.lines.map(\.bytes), now: now)
    #expect(audit.isClean)
    #expect(audit.lines.map(\.index) == Array(0..<ledger.length))
    #expect(audit.lines.allSatisfy { $0.verified != nil && $0.findings.isEmpty })
    #expect(audit.ledger?.head == ledger.head)
    audit.check(current: ConsentExtension(ledger))
    #expect(audit.isClean)
    audit.check(current: ConsentExtension(length: 4, head: ledger.head))
    #expect(audit.findings == [AuditFinding(.ledger, .head)])
  }

  @Test func `an empty ledger is a finding`() {
    #expect(!ConsentAudit(lines: [], now: now).isClean)
  }

  @Test func `the first broken line is named, and those after it are not vouched for`() throws {
    let ledger = try story.whole()
    for broken in ledger.lines.indices {
      var lines = ledger.lines.map(\.bytes)
      // The last character but some of the signature.
      lines[broken][lines[broken].count - 10] ^= 3
      let audit = ConsentAudit(lines: lines, now: now)
      #expect(audit.findings.first?.place == .line(broken))
      #expect(audit.lines.count == ledger.length)
      #expect(audit.lines[..<broken].allSatisfy { $0.findings.isEmpty })
      #expect(
        audit.lines[(broken + 1)...].allSatisfy { $0.findings.map(\.problem) == [.notReached] })
    }
  }

  @Test func `a line dated ahead of the reader is kept and reported until its time comes`() throws {
    let ledger = try story.inForce()
    let ahead = now.adding(days: 10)
    let line = try story.phone.line(
      .amend(Amendment(changes: [.voice: false])), upon: ledger, clock: ahead)
    let lines = try ledger.appending(line).lines.map(\.bytes)
    let audit = ConsentAudit(lines: lines, now: now)
    #expect(audit.findings == [AuditFinding(.line(3), .datedAhead(ahead))])
    #expect(audit.ledger?.length == 4)
    #expect(ConsentAudit(lines: lines, now: ahead.adding(seconds: -600)).isClean)
    #expect(!ConsentAudit(lines: lines, now: ahead.adding(seconds: -601)).isClean)
  }

  @Test func `an odd withdrawal counts and is reported`() throws {
    let ledger = try story.inForce()
    var payload = Forge.payload(.withdraw(.scopes([.text])), upon: ledger, by: story.phone)
    payload.time = .earliest
    var lines = try ledger.appending(try Forge.line(payload, story.phone)).lines.map(\.bytes)
    #expect(
      ConsentAudit(lines: lines, now: now).findings
        == [AuditFinding(.line(3), .withdrawalTime)])
    payload.seen = ConsentHead([UInt8](repeating: 8, count: 32))
    lines = try ledger.appending(try Forge.line(payload, story.phone)).lines.map(\.bytes)
    #expect(
      ConsentAudit(lines: lines, now: now).findings
        == [AuditFinding(.line(3), .withdrawalSawAnotherLedger)])
  }

  @Test func `each epoch is bound to the head its ledger had`() throws {
    let ledger = try story.whole()
    func binding(_ epoch: UInt64, _ length: Int) -> ConsentAudit.EpochBinding {
      .init(
        epoch: epoch,
        consent: ConsentExtension(length: UInt32(length), head: ledger.lines[length - 1].head))
    }
    func findings(_ bindings: [ConsentAudit.EpochBinding]) -> [AuditFinding] {
      var audit = ConsentAudit(lines: ledger.lines.map(\.bytes), now: now)
      audit.check(epochs: bindings)
      #expect(audit.epochsChecked == bindings.count)
      return audit.findings
    }
    #expect(findings([binding(1, 3), binding(2, 3), binding(3, 4), binding(4, 5)]).isEmpty)
    #expect(findings([binding(4, 5), binding(1, 3), binding(3, 4), binding(2, 3)]).isEmpty)
    #expect(
      findings([binding(1, 3), binding(2, 5)]) == [AuditFinding(.epoch(2), .bindingOrder)])
    #expect(
      findings([binding(1, 4), binding(2, 3)]) == [AuditFinding(.epoch(2), .bindingOrder)])
    let wrongLength = ConsentAudit.EpochBinding(
      epoch: 1, consent: ConsentExtension(length: 4, head: ledger.lines[2].head))
    #expect(findings([wrongLength]) == [AuditFinding(.epoch(1), .binding)])
    for length in [UInt32(0), 3, .max] {
      let wrongHead = ConsentAudit.EpochBinding(
        epoch: 1, consent: ConsentExtension(length: length, head: .empty))
      #expect(findings([wrongHead]) == [AuditFinding(.epoch(1), .binding)])
    }
  }

  @Test func `each message is covered by the consent under which it was sent`() throws {
    let ledger = try story.whole()
    func record(
      _ epoch: UInt64, _ scope: Scope, head: Int? = nil, sender: ConsentRole? = .client,
      sent: ConsentTime? = nil
    ) -> ConsentAudit.MessageRecord {
      .init(
        position: 9, epoch: epoch, head: ledger.lines[head ?? Int(epoch) + 1].head, scope: scope,
        sender: sender, sent: sent ?? ledger.lines[Int(epoch) + 1].time)
    }
    func problems(_ record: ConsentAudit.MessageRecord) -> [AuditFinding.Problem] {
      var audit = ConsentAudit(lines: ledger.lines.map(\.bytes), now: now)
      audit.check(
        epochs: (1...8).map {
          .init(
            epoch: UInt64($0),
            consent: ConsentExtension(
              length: UInt32($0 + 2), head: ledger.lines[$0 + 1].head))
        })
      audit.check(messages: [record])
      return audit.findings.map(\.problem)
    }
    #expect(problems(record(1, .text)) == [])
    #expect(problems(record(1, .voice)) == [])
    #expect(problems(record(2, .text)) == [])
    let taken = ledger.lines[3].time
    #expect(problems(record(2, .voice)) == [.messageNotCovered(.voice, .withdrawn(taken))])
    #expect(
      problems(record(2, .supervision)) == [.messageNotCovered(.supervision, .notAcknowledged)])
    #expect(problems(record(3, .supervision, sender: .therapist)) == [])
    #expect(problems(record(8, .text)) == [.messageNotCovered(.text, .ended)])
    #expect(problems(record(1, .image)) == [.messageNotCovered(.image, .notOffered)])
    #expect(
      problems(record(1, .text, sent: Story.start.adding(days: 100)))
        == [.messageNotCovered(.text, .expired(Story.start.adding(days: 100)))])
    #expect(problems(record(2, .text, head: 2)) == [.messageHead])
    #expect(problems(record(1, .text, sender: nil)) == [.messageSender])
    var other = record(1, .text)
    other = .init(
      position: 9, epoch: 77, head: other.head, scope: .text, sender: .client, sent: other.sent)
    #expect(problems(other) == [.messageHead])
  }

  @Test func `a finding is one sentence that names its place`() {
    let findings = [
      AuditFinding(.line(3), .refused(.signature)),
      AuditFinding(.epoch(41), .binding),
      AuditFinding(.message(position: 12), .messageNotCovered(.voice, .withdrawn(now))),
    ]
    #expect(
      findings.map(\.description) == [
        "line 3: the signature is not by the key that the line names",
        "epoch 41: bound to a head or length that is not the ledger's",
        "message at position 12: not covered by the consent under which it was sent (voice "
          + "notes): the client withdrew this on \(now.day)",
      ])
  }
}
