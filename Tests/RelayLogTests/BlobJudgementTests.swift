// SPDX-License-Identifier: Apache-2.0

import RelayProtocol
import Testing

@testable import RelayLog

/// The table of all outcomes of a wish about a blob, in the order in which they are judged.
@Suite struct BlobJudgementTests {
  typealias Evidence = BlobJudgement.Evidence

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var wish: BlobWish
    var evidence: Evidence
    var verdict: BlobVerdict
    var testDescription: String { "\(name)" }

    init(
      _ name: String, _ wish: BlobWish, _ verdict: BlobVerdict,
      _ change: (inout Evidence) -> Void = { _ in }
    ) {
      self.name = name
      self.wish = wish
      self.verdict = verdict
      evidence = Evidence(channel: Self.channel, access: .current, blob: .open)
      change(&evidence)
    }

    static let channel = ChannelRow(
      token: TokenHash(checked: [UInt8](repeating: 1, count: 32)),
      turn: TurnHash(checked: [UInt8](repeating: 2, count: 32)),
      head: LogAt(
        position: Position(9), chain: ChainHash(checked: [UInt8](repeating: 3, count: 32))),
      kind: .relationship)
  }

  private static func hash(_ byte: UInt8) -> PartHash {
    PartHash(checked: [UInt8](repeating: byte, count: 32))
  }
  private static func no(_ problem: RelayProblem) -> BlobVerdict { .refuse(.refused(problem)) }

  private static let two = BlobSeal(of: [hash(1), hash(2)])!
  private static let other = BlobSeal(of: [hash(2), hash(1)])!
  private static let three = BlobSeal(of: [hash(1), hash(2), hash(3)])!
  private static let index = PartIndex(1)!
  private static let part = BlobWish.part(index, hash(2))
  private static let unread = BlobWish.part(index, nil)
  private static let wishes: [BlobWish] = [.make, part, unread, .seal(two), .look, .read, .delete]
  private static let limit = ChannelLimits.of(.relationship).blobBytes

  static let cases: [Case] =
    wishes.flatMap { wish in
      [
        Case("\(wish): no such channel", wish, no(.noSuchChannel)) { $0.channel = nil },
        Case("\(wish): a closed channel", wish, no(.noSuchChannel)) { $0.channel?.isClosed = true },
        Case("\(wish): a wrong token", wish, no(.noSuchChannel)) { $0.access = .none },
        Case(
          "\(wish): a retired token, before the blob was sealed", wish,
          wish.changesNothing ? no(.noSuchBlob) : .refuse(.tokenRetired(last: Position(5)))
        ) { $0.access = .retired(last: Position(5)) },
        Case(
          "\(wish): a retired token, sealed behind the turn", wish,
          wish.changesNothing ? no(.noSuchBlob) : .refuse(.tokenRetired(last: Position(5)))
        ) {
          $0.access = .retired(last: Position(5))
          $0.blob = .sealed(two, at: Position(5))
        },
        Case(
          "\(wish): a retired token, gone and never sealed", wish,
          wish.changesNothing ? no(.noSuchBlob) : .refuse(.tokenRetired(last: Position(5)))
        ) {
          $0.access = .retired(last: Position(5))
          $0.blob = .gone(sealedAt: nil)
        },
        Case("\(wish): gone", wish, wish == .delete ? .already : no(.trimmed)) {
          $0.blob = .gone(sealedAt: Position(2))
        },
      ]
    } + [
      Case("a new blob", .make, .proceed) { $0.blob = nil },
      Case("a blob again", .make, .already),
      Case("a sealed blob again", .make, .already) { $0.blob = .sealed(two, at: Position(3)) },
      Case("a new blob, too fast", .make, no(.limited)) {
        $0.blob = nil
        $0.circumstances.isOverRate = true
      },
      Case("a new blob while repairs are made", .make, no(.recovering)) {
        $0.blob = nil
        $0.circumstances.isRecovering = true
      },
      Case("a blob again while repairs are made", .make, .already) {
        $0.circumstances.isRecovering = true
      },
      Case("a new blob on a full disk", .make, no(.storeFull)) {
        $0.blob = nil
        $0.circumstances.isDiskLow = true
      },
      Case("a new blob without room for a part", .make, no(.quota)) {
        $0.blob = nil
        $0.blobBytes = limit
      },
      Case("the last blob of a channel", .make, .proceed) {
        $0.blob = nil
        $0.blobs = ChannelLimits.of(.relationship).blobs - 1
      },
      Case("a blob too many", .make, no(.quota)) {
        $0.blob = nil
        $0.blobs = ChannelLimits.of(.relationship).blobs
      },
      Case("a blob again that is the last", .make, .already) {
        $0.blobs = ChannelLimits.of(.relationship).blobs
      },
      Case("a new blob in an intake", .make, no(.quota)) {
        $0.blob = nil
        $0.channel?.kind = .intake
      },

      Case("a part", part, .proceed),
      Case("a part that is not read yet", unread, .proceed),
      Case("a part of no blob", part, no(.noSuchBlob)) { $0.blob = nil },
      Case("a part again", part, .already) { $0.found = hash(2) },
      Case("a part again, not read yet", unread, .proceed) { $0.found = hash(2) },
      Case("another part in its place", part, no(.partConflict)) { $0.found = hash(1) },
      Case("a part again, of a sealed blob", part, .already) {
        $0.blob = .sealed(two, at: Position(3))
        $0.found = hash(2)
      },
      Case("another part, of a sealed blob", part, no(.partConflict)) {
        $0.blob = .sealed(two, at: Position(3))
        $0.found = hash(1)
      },
      Case("a part more, of a sealed blob", part, no(.sealed)) {
        $0.blob = .sealed(two, at: Position(3))
      },
      Case("the last part that there is room for", part, .proceed) {
        $0.blobBytes = limit - UInt64(PartIndex.partLength)
      },
      Case("a part over quota", part, no(.quota)) {
        $0.blobBytes = limit - UInt64(PartIndex.partLength) + 1
      },
      Case("a part over quota, not read yet", unread, no(.quota)) { $0.blobBytes = .max },
      Case("a part again over quota", part, .already) {
        $0.found = hash(2)
        $0.blobBytes = .max
      },
      Case("a part on a full disk", part, no(.storeFull)) { $0.circumstances.isDiskLow = true },
      Case("a part while repairs are made", part, no(.recovering)) {
        $0.circumstances.isRecovering = true
      },
      Case("a part is not too fast", part, .proceed) { $0.circumstances.isOverRate = true },
      Case("a part again, not read yet", unread, .proceed) { $0.found = hash(2) },
      Case("a part again and again", unread, no(.limited)) {
        $0.found = hash(2)
        $0.circumstances.isOverRepeats = true
      },
      Case(
        "a part again by a retired token that reads it", part,
        .refuse(.tokenRetired(last: Position(5)))
      ) {
        $0.access = .retired(last: Position(5))
        $0.blob = .sealed(two, at: Position(4))
        $0.found = hash(2)
      },

      Case("a seal", .seal(two), .proceed) { $0.collected = two },
      Case("a seal of no blob", .seal(two), no(.noSuchBlob)) { $0.blob = nil },
      Case("a seal without parts", .seal(two), no(.partsMissing)),
      Case("a seal with a part missing", .seal(three), no(.partsMissing)) { $0.collected = two },
      Case("a seal with a part too many", .seal(two), no(.hashMismatch)) { $0.collected = three },
      Case("a seal over other parts", .seal(two), no(.hashMismatch)) { $0.collected = other },
      Case("a seal again", .seal(two), .already) { $0.blob = .sealed(two, at: Position(3)) },
      Case("another seal", .seal(two), no(.sealed)) { $0.blob = .sealed(other, at: Position(3)) },
      Case("a seal on a full disk", .seal(two), no(.storeFull)) {
        $0.collected = two
        $0.circumstances.isDiskLow = true
      },
      Case("a seal while repairs are made", .seal(two), no(.recovering)) {
        $0.collected = two
        $0.circumstances.isRecovering = true
      },
      Case("a seal again by a retired token that reads it", .seal(two), .already) {
        $0.access = .retired(last: Position(5))
        $0.blob = .sealed(two, at: Position(4))
      },

      Case("a look", .look, .proceed),
      Case("a look at no blob", .look, no(.noSuchBlob)) { $0.blob = nil },
      Case("a read", .read, .proceed) { $0.blob = .sealed(two, at: Position(9)) },
      Case("a read of no blob", .read, no(.noSuchBlob)) { $0.blob = nil },
      Case("a read before the seal", .read, no(.unsealed)),
      Case("a read by a retired token", .read, .proceed) {
        $0.access = .retired(last: Position(5))
        $0.blob = .sealed(two, at: Position(4))
      },
      Case("a read by a retired token of what is gone", .read, no(.trimmed)) {
        $0.access = .retired(last: Position(5))
        $0.blob = .gone(sealedAt: Position(4))
      },
      Case("a read on a full disk while repairs are made", .read, .proceed) {
        $0.blob = .sealed(two, at: Position(9))
        $0.circumstances.isDiskLow = true
        $0.circumstances.isRecovering = true
      },

      Case("a deletion", .delete, .proceed) { $0.blob = .sealed(two, at: Position(3)) },
      Case("a deletion before the seal", .delete, .proceed),
      Case("a deletion of no blob", .delete, no(.noSuchBlob)) { $0.blob = nil },
      Case("a deletion on a full disk while repairs are made", .delete, .proceed) {
        $0.circumstances.isDiskLow = true
        $0.circumstances.isRecovering = true
      },
      Case("a deletion by a retired token", .delete, .refuse(.tokenRetired(last: Position(5)))) {
        $0.access = .retired(last: Position(5))
        $0.blob = .sealed(two, at: Position(4))
      },
    ]

  @Test(arguments: cases)
  func `a wish about a blob is judged as the table says`(_ row: Case) {
    #expect(BlobJudgement.judge(row.wish, row.evidence) == row.verdict)
  }
}
