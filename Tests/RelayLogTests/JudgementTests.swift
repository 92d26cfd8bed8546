// SPDX-License-Identifier: Apache-2.0

import Primitives
import RelayLog
import RelayProtocol
import Testing

/// The table of all outcomes of an append, in the order in which they are judged.
@Suite struct JudgementTests {
  /// One row: what the store holds, what is asked, what comes of it.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var job = Fixture.message
    var evidence = Fixture.evidence
    var verdict: Verdict
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a message at the end of the log", verdict: .append(Fixture.landing(Fixture.message))),
    Case(
      name: "a turn at the end of the log", job: Fixture.turn,
      verdict: .append(Fixture.landing(Fixture.turn))),
    Case(
      name: "a size that is no class", job: Fixture.job(size: 1_000),
      verdict: .refuse(.refused(.sizeClass))),
    Case(
      name: "a turn in the smallest class", job: Fixture.smallTurn,
      verdict: .append(Fixture.landing(Fixture.smallTurn))),
    Case(
      name: "a turn secret without hashes", job: Fixture.job(turn: Fixture.secret, size: 16_384),
      verdict: .refuse(.refused(.malformed))),
    Case(
      name: "hashes without a turn secret", job: Fixture.job(named: Fixture.next, size: 16_384),
      verdict: .refuse(.refused(.malformed))),
    Case(
      name: "no such channel",
      evidence: Fixture.evidence {
        $0.channel = nil; $0.access = .none
      },
      verdict: .refuse(.refused(.noSuchChannel))),
    Case(
      name: "a channel that was closed",
      evidence: Fixture.evidence { $0.channel?.isClosed = true },
      verdict: .refuse(.refused(.noSuchChannel))),
    Case(
      name: "a token that is none of its own", evidence: Fixture.evidence { $0.access = .none },
      verdict: .refuse(.refused(.noSuchChannel))),
    Case(
      name: "a token that is none of its own, and an id that was seen",
      evidence: Fixture.evidence {
        $0.access = .none
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .refuse(.refused(.noSuchChannel))),
    Case(
      name: "the same again",
      evidence: Fixture.evidence { $0.seen = (Fixture.earlier, Fixture.message.entry) },
      verdict: .replay(Fixture.earlier)),
    Case(
      name: "the same again after the lock has turned",
      evidence: Fixture.evidence {
        $0.access = .retired(last: Position(3))
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .replay(Fixture.earlier)),
    Case(
      name: "a turn again, by the token that it retired", job: Fixture.turn,
      evidence: Fixture.evidence {
        $0.access = .retired(last: Fixture.earlier.position)
        $0.seen = (Fixture.earlier, Fixture.turn.entry)
      }, verdict: .replay(Fixture.earlier)),
    Case(
      name: "the same again over quota",
      evidence: Fixture.evidence {
        $0.channel?.bytes = .max
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .replay(Fixture.earlier)),
    Case(
      name: "the same id with other bytes",
      evidence: Fixture.evidence { $0.seen = (Fixture.earlier, Fixture.turn.entry) },
      verdict: .refuse(.refused(.idConflict))),
    Case(
      name: "the same id with other bytes by a retired token that reads it",
      evidence: Fixture.evidence {
        $0.access = .retired(last: Fixture.earlier.position)
        $0.seen = (Fixture.earlier, Fixture.turn.entry)
      }, verdict: .refuse(.refused(.idConflict))),
    Case(
      name: "an id seen where a retired token may not read",
      evidence: Fixture.evidence {
        $0.access = .retired(last: Position(1))
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .refuse(.tokenRetired(last: Position(1)))),
    Case(
      name: "a retired token",
      evidence: Fixture.evidence { $0.access = .retired(last: Position(3)) },
      verdict: .refuse(.tokenRetired(last: Position(3)))),
    Case(
      name: "a retired token that asks for a place",
      job: Fixture.job(at: Fixture.place(9)),
      evidence: Fixture.evidence { $0.access = .retired(last: Position(3)) },
      verdict: .refuse(.tokenRetired(last: Position(3)))),
    Case(
      name: "the place that it asks for", job: Fixture.job(at: Fixture.place(5)),
      verdict: .append(Fixture.landing(Fixture.message))),
    Case(
      name: "a place behind the end", job: Fixture.job(at: Fixture.place(6)),
      verdict: .refuse(.notAt(Fixture.head))),
    Case(
      name: "a place before the end", job: Fixture.job(at: Fixture.place(4)),
      verdict: .refuse(.notAt(Fixture.head))),
    Case(
      name: "the right place on another log",
      job: Fixture.job(
        at: LogAt(
          position: Position(5), chain: ChainHash(checked: [UInt8](repeating: 1, count: 32)))),
      verdict: .refuse(.notAt(Fixture.head))),
    Case(
      name: "a place that is not there, with a wrong turn secret",
      job: Fixture.job(
        turn: Fixture.wrongSecret, named: Fixture.next, at: Fixture.place(4), size: 16_384),
      verdict: .refuse(.notAt(Fixture.head))),
    Case(
      name: "a wrong turn secret",
      job: Fixture.job(turn: Fixture.wrongSecret, named: Fixture.next, size: 16_384),
      verdict: .refuse(.refused(.noSuchChannel))),
    Case(
      name: "a wrong turn secret and a used hash",
      job: Fixture.job(turn: Fixture.wrongSecret, named: Fixture.next, size: 16_384),
      evidence: Fixture.evidence { $0.namesUsedHash = true },
      verdict: .refuse(.refused(.noSuchChannel))),
    Case(
      name: "a turn of an intake", job: Fixture.turn,
      evidence: Fixture.evidence { $0.channel?.kind = .intake },
      verdict: .refuse(.refused(.malformed))),
    Case(
      name: "a turn that names a used hash", job: Fixture.turn,
      evidence: Fixture.evidence { $0.namesUsedHash = true },
      verdict: .refuse(.refused(.tokenReused))),
    Case(
      name: "a message into a full channel",
      evidence: Fixture.evidence {
        $0.channel?.bytes = ChannelLimits.of(.relationship).bytes - 1_023
      }, verdict: .refuse(.refused(.quota))),
    Case(
      name: "a message that just fits",
      evidence: Fixture.evidence {
        $0.channel?.bytes = ChannelLimits.of(.relationship).bytes - 1_024
      }, verdict: .append(Fixture.landing(Fixture.message))),
    Case(
      name: "a turn of a full channel: it may be a withdrawal of consent", job: Fixture.turn,
      evidence: Fixture.evidence { $0.channel?.bytes = ChannelLimits.of(.relationship).bytes },
      verdict: .append(Fixture.landing(Fixture.turn))),
    Case(
      name: "the ninth envelope of an intake",
      evidence: Fixture.evidence {
        $0.channel?.kind = .intake
        $0.channel?.envelopes = 8
      }, verdict: .refuse(.refused(.quota))),
    Case(
      name: "more than 256 KiB in an intake", job: Fixture.job(size: 262_144),
      evidence: Fixture.evidence {
        $0.channel?.kind = .intake
        $0.channel?.bytes = 1_024
      }, verdict: .refuse(.refused(.quota))),
    Case(
      name: "bytes that nobody can count any more",
      evidence: Fixture.evidence { $0.channel?.bytes = .max },
      verdict: .refuse(.refused(.quota))),
    Case(
      name: "a message of a channel in a hurry",
      evidence: Fixture.evidence { $0.circumstances.isOverRate = true },
      verdict: .refuse(.refused(.limited))),
    Case(
      name: "a turn of a channel in a hurry", job: Fixture.turn,
      evidence: Fixture.evidence { $0.circumstances.isOverRate = true },
      verdict: .append(Fixture.landing(Fixture.turn))),
    Case(
      name: "a second turn within a minute, in a hurry", job: Fixture.turn,
      evidence: Fixture.evidence {
        $0.circumstances.isOverRate = true
        $0.circumstances.hasTurnedLately = true
      }, verdict: .refuse(.refused(.limited))),
    Case(
      name: "a second turn within a minute, with all the time in the world", job: Fixture.turn,
      evidence: Fixture.evidence { $0.circumstances.hasTurnedLately = true },
      verdict: .append(Fixture.landing(Fixture.turn))),
    Case(
      name: "a second turn within a minute, of a full channel", job: Fixture.turn,
      evidence: Fixture.evidence {
        $0.channel?.bytes = ChannelLimits.of(.relationship).bytes
        $0.circumstances.hasTurnedLately = true
      }, verdict: .refuse(.refused(.quota))),
    Case(
      name: "the same again in a hurry",
      evidence: Fixture.evidence {
        $0.circumstances.isOverRate = true
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .replay(Fixture.earlier)),
    Case(
      name: "the same again, too often",
      evidence: Fixture.evidence {
        $0.circumstances.isOverRepeats = true
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .refuse(.refused(.limited))),
    Case(
      name: "another envelope under a known id, too often", job: Fixture.turn,
      evidence: Fixture.evidence {
        $0.circumstances.isOverRepeats = true
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .refuse(.refused(.limited))),
    Case(
      name: "a retired token, too often",
      evidence: Fixture.evidence {
        $0.access = .retired(last: Position(3))
        $0.circumstances.isOverRepeats = true
      }, verdict: .refuse(.refused(.limited))),
    Case(
      name: "a message at the wrong place, too often", job: Fixture.job(at: Fixture.place(6)),
      evidence: Fixture.evidence { $0.circumstances.isOverRepeats = true },
      verdict: .refuse(.refused(.limited))),
    Case(
      name: "a message at the wrong place, too often, during a recovery",
      job: Fixture.job(at: Fixture.place(6)),
      evidence: Fixture.evidence {
        $0.circumstances.isRecovering = true
        $0.circumstances.isOverRepeats = true
      }, verdict: .refuse(.notAt(Fixture.head))),
    Case(
      name: "something new where much came to nothing",
      evidence: Fixture.evidence { $0.circumstances.isOverRepeats = true },
      verdict: .append(Fixture.landing(Fixture.message))),
    Case(
      name: "a turn where much came to nothing", job: Fixture.turn,
      evidence: Fixture.evidence { $0.circumstances.isOverRepeats = true },
      verdict: .append(Fixture.landing(Fixture.turn))),
    Case(
      name: "a wrong token where much came to nothing",
      evidence: Fixture.evidence {
        $0.access = .none
        $0.circumstances.isOverRepeats = true
      }, verdict: .refuse(.refused(.noSuchChannel))),
    Case(
      name: "a message onto a disk that is almost full",
      evidence: Fixture.evidence { $0.circumstances.isDiskLow = true },
      verdict: .refuse(.refused(.storeFull))),
    Case(
      name: "a turn onto a disk that is almost full", job: Fixture.turn,
      evidence: Fixture.evidence { $0.circumstances.isDiskLow = true },
      verdict: .refuse(.refused(.storeFull))),
    Case(
      name: "the same again with an almost full disk",
      evidence: Fixture.evidence {
        $0.circumstances.isDiskLow = true
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .replay(Fixture.earlier)),
    Case(
      name: "a new message before the others have put back what is missing",
      evidence: Fixture.evidence { $0.circumstances.isRecovering = true },
      verdict: .refuse(.refused(.recovering))),
    Case(
      name: "the same again during a recovery",
      evidence: Fixture.evidence {
        $0.circumstances.isRecovering = true
        $0.seen = (Fixture.earlier, Fixture.message.entry)
      }, verdict: .replay(Fixture.earlier)),
    Case(
      name: "a retired token during a recovery",
      evidence: Fixture.evidence {
        $0.access = .retired(last: Position(3))
        $0.circumstances.isRecovering = true
      }, verdict: .refuse(.tokenRetired(last: Position(3)))),
    Case(
      name: "a missing message put back, in a hurry and over quota",
      job: Fixture.job(at: Fixture.place(5)),
      evidence: Fixture.evidence {
        $0.channel?.bytes = ChannelLimits.of(.relationship).bytes
        $0.circumstances.isOverRate = true
        $0.circumstances.isRecovering = true
      }, verdict: .append(Fixture.landing(Fixture.message))),
    Case(
      name: "a message put back at the wrong place", job: Fixture.job(at: Fixture.place(6)),
      evidence: Fixture.evidence { $0.circumstances.isRecovering = true },
      verdict: .refuse(.notAt(Fixture.head))),
    Case(
      name: "the end of all positions",
      evidence: Fixture.evidence {
        $0.channel?.head = LogAt(position: Position(.max), chain: Fixture.head.chain)
      }, verdict: .refuse(.refused(.quota))),
  ]

  @Test(arguments: cases)
  func `an append is judged as the table says`(_ row: Case) {
    #expect(Judgement.judge(row.job, row.evidence) == row.verdict)
  }

  @Test func `a channel ends for who shows both secrets, and again`() {
    let row = Fixture.row
    var closed = row
    closed.isClosed = true
    let token = row.token
    let turn = row.turn
    let other = TokenHash(checked: [UInt8](repeating: 9, count: 32))
    func judge(_ row: ChannelRow?, _ access: Access, _ token: TokenHash, _ turn: TurnHash)
      -> CloseVerdict
    {
      Judgement.judge(close: token, turn, row, access: access)
    }
    #expect(judge(row, .current, token, turn) == .close)
    #expect(judge(closed, .none, token, turn) == .closedBefore)
    #expect(judge(row, .current, token, Fixture.wrongSecret) == .refuse(.refused(.noSuchChannel)))
    #expect(
      judge(row, .retired(last: Position(2)), other, turn)
        == .refuse(.tokenRetired(last: Position(2))))
    for refused in [
      judge(nil, .none, token, turn), judge(row, .none, other, turn),
      judge(closed, .none, other, turn), judge(closed, .none, token, Fixture.wrongSecret),
    ] {
      #expect(refused == .refuse(.refused(.noSuchChannel)))
    }
  }
}

/// A channel with four envelopes, and appends to it.
enum Fixture {
  static let channel = ChannelID(checked: [UInt8](repeating: 0xC1, count: 32))
  static let token = TokenHash(checked: [UInt8](repeating: 0xA1, count: 32))
  static let secret = TurnHash(checked: [UInt8](repeating: 0xB1, count: 32))
  static let wrongSecret = TurnHash(checked: [UInt8](repeating: 0xB9, count: 32))
  static let next = NamedHashes(
    token: TokenHash(checked: [UInt8](repeating: 0xA2, count: 32)),
    turn: TurnHash(checked: [UInt8](repeating: 0xB2, count: 32)))
  static let head = LogAt(
    position: Position(4), chain: ChainHash(checked: [UInt8](repeating: 0xD1, count: 32)))
  static let earlier = LogAt(
    position: Position(2), chain: ChainHash(checked: [UInt8](repeating: 0xD0, count: 32)))
  static let row = ChannelRow(
    token: token, turn: secret, head: head, kind: .relationship, envelopes: 4, bytes: 4_096)
  static let evidence = Judgement.Evidence(
    channel: row, access: .current, seen: nil, namesUsedHash: false)
  static let message = job()
  static let smallTurn = job(turn: secret, named: next)
  static let turn = job(turn: secret, named: next, size: 16_384)

  static func evidence(_ change: (inout Judgement.Evidence) -> Void) -> Judgement.Evidence {
    var evidence = evidence
    change(&evidence)
    return evidence
  }

  static func job(
    turn: TurnHash? = nil, named: NamedHashes = .none, at: LogAt? = nil, size: Int = 1_024
  ) -> AppendJob {
    AppendJob(
      channel: channel, token: token, id: EnvelopeID(checked: [UInt8](repeating: 0xE1, count: 16)),
      turn: turn, named: named, at: at, envelope: [UInt8](repeating: 0x5A, count: size))
  }

  static func place(_ position: UInt64) -> LogAt {
    LogAt(position: Position(position), chain: head.chain)
  }

  static func landing(_ job: AppendJob) -> LogAt {
    LogAt(position: Position(5), chain: head.chain.adding(job.entry, at: Position(5)))
  }
}
